using System.Globalization;

namespace Trpo.Examples.LoggedDecisions;

/// <summary>A shop that shows one of three banners to each visitor, by a policy of its own that explores, and writes down what happened.</summary>
internal static class Shop
{
    private const double Earning = 1.5;

    private static readonly string[] Devices = ["phone", "tablet", "desk, large"];

    public static IReadOnlyList<string> Banners { get; } = ["Shoes", "Hats", "Coats"];

    /// <summary>Writes a log of decisions in the order of time: who came, what was shown with which probability, and what was earned.</summary>
    public static void WriteLog(string path, int rows, int seed)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path);
        file.WriteLine("Visit,Device,Age,Hour,Banner,Probability,Earned");
        for (var visit = 1; visit <= rows; visit++)
        {
            var visitor = Draw(random);
            var probabilities = LoggingPolicy(visitor);
            var banner = Choose(probabilities, random.NextDouble());

            // The age of every twentieth visitor is not known to the shop.
            var age = random.Next(20) == 0 ? "" : Text(visitor.Age);
            var earned = random.NextDouble() < Worth(visitor, banner) ? Earning : 0;
            file.WriteLine($"{visit.ToString(CultureInfo.InvariantCulture)},\"{visitor.Device}\",{age},{Text(visitor.Hour)},{Banners[banner]},{Text(probabilities[banner])},{Text(earned)}");
        }
    }

    /// <summary>Returns the true mean earnings of the shop's own policy, and of another one. No log tells them: this shop is a simulation.</summary>
    public static (double Own, double Other) TrueEarnings(Func<Visitor, string> policy, int seed)
    {
        const int Visits = 20_000;
        var random = new Random(seed);
        var (own, other) = (0.0, 0.0);
        for (var i = 0; i < Visits; i++)
        {
            var visitor = Draw(random);
            own += LoggingPolicy(visitor).Select((probability, banner) => probability * Worth(visitor, banner)).Sum();
            other += Worth(visitor, Banners.ToList().IndexOf(policy(visitor)));
        }

        return (Earning * own / Visits, Earning * other / Visits);
    }

    private static Visitor Draw(Random random) => new() { Device = Devices[random.Next(Devices.Length)], Age = random.Next(18, 80), Hour = random.Next(24) };

    // The shop believes that the old want hats.
    private static double[] LoggingPolicy(Visitor visitor)
    {
        double[] weights = [1, visitor.Age > 50 ? 2 : 0.7, 1];
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    private static double Worth(Visitor visitor, int banner) => banner switch
    {
        0 => visitor.Device == "phone" ? 0.6 : 0.2,
        1 => visitor.Age < 35 ? 0.5 : 0.15,
        _ => visitor.Hour >= 18 ? 0.55 : 0.25,
    };

    private static int Choose(double[] probabilities, double draw)
    {
        var banner = 0;
        while (banner < probabilities.Length - 1 && draw >= probabilities[banner])
            draw -= probabilities[banner++];
        return banner;
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
