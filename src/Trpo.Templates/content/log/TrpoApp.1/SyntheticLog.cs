using System.Globalization;

namespace TrpoApp._1;

/// <summary>A log for a start, until there is a real one: reminders by a policy that mostly sends an e-mail, and explores.</summary>
public static class SyntheticLog
{
    private static readonly string[] Customers = ["private", "business", "public"];

    /// <summary>The actions.</summary>
    public static IReadOnlyList<string> Channels { get; } = ["email", "letter", "call"];

    /// <summary>Writes a log in the order of time, as comma-separated values.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">The number of decisions.</param>
    /// <param name="seed">The seed of all randomness.</param>
    public static void Write(string path, int rows, int seed)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path);
        file.WriteLine("Number,Customer,Amount,DaysLate,Channel,Probability,Gain");
        for (var number = 1; number <= rows; number++)
        {
            var invoice = Draw(random);
            var channel = LoggingPolicy(invoice, random.NextDouble(), out var probability);
            var gain = (random.NextDouble() < ChanceOf(invoice, channel) ? 1 : 0) - CostOf(channel);
            file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number},{invoice.Customer},{invoice.Amount},{invoice.DaysLate},{Channels[channel]},{probability},{gain}"));
        }
    }

    /// <summary>Returns the true mean gain of a policy, which no log tells: this one is a simulation.</summary>
    /// <param name="policy">Returns the name of the channel for an invoice.</param>
    /// <param name="seed">The seed of the invoices.</param>
    public static double TrueGain(Func<Invoice, string> policy, int seed)
    {
        const int Invoices = 20_000;
        var random = new Random(seed);
        var channels = Channels.ToList();
        var sum = 0.0;
        for (var i = 0; i < Invoices; i++)
        {
            var invoice = Draw(random);
            var channel = channels.IndexOf(policy(invoice));
            sum += ChanceOf(invoice, channel) - CostOf(channel);
        }

        return sum / Invoices;
    }

    private static Invoice Draw(Random random) => new() { Customer = Customers[random.Next(Customers.Length)], Amount = random.Next(10, 1_000), DaysLate = random.Next(1, 60) };

    // What is long overdue is called for more often; every channel is tried everywhere, or the log could not tell what it is worth.
    private static int LoggingPolicy(Invoice invoice, double draw, out double probability)
    {
        double[] probabilities = invoice.DaysLate > 30 ? [0.4, 0.2, 0.4] : [0.6, 0.2, 0.2];
        var channel = draw < probabilities[0] ? 0 : draw < probabilities[0] + probabilities[1] ? 1 : 2;
        probability = probabilities[channel];
        return channel;
    }

    // The chance that the invoice is paid within a week.
    private static double ChanceOf(Invoice invoice, int channel) => channel switch
    {
        0 => invoice.Customer == "private" ? 0.5 : 0.2,
        1 => invoice.Customer == "public" ? 0.65 : 0.2,
        _ => 0.2 + (0.6 * invoice.DaysLate / 60),
    };

    private static double CostOf(int channel) => channel switch
    {
        0 => 0,
        1 => 0.05,
        _ => 0.1,
    };
}
