using System.Globalization;
using Trpo.Fingerprints;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["policies", var folder]:
        return PolicyReport.Print(folder);
    case ["speed"]:
        return SpeedReport.Print();
    case ["ratios", var before, var after]:
        return SpeedComparison.Print(before, after);
    default:
        Console.Error.WriteLine("usage: policies <folder for the files> | speed | ratios <output of speed> <output of speed>");
        return 2;
}
