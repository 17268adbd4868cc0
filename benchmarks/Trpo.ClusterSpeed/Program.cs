using System.Globalization;
using Trpo.ClusterSpeed;

const string Usage = "Usage: Trpo.ClusterSpeed <microseconds a step> [iterations of a training] [turns]";

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["silo", var index, var time]:
        return await LocalSilo.RunAsync(Number(index), Number(time));
    case [var time]:
        return await SpeedRun.ExecuteAsync(Number(time), iterations: 6, turns: 3);
    case [var time, var iterations, var turns]:
        return await SpeedRun.ExecuteAsync(Number(time), Number(iterations), Number(turns));
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
