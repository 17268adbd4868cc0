using System.Globalization;
using System.Text;

namespace Trpo.Estimators.Probing;

/// <summary>The results of the probes of training options.</summary>
public sealed class ProbeReport
{
    private const int QuantityWidth = 52;

    internal ProbeReport(IReadOnlyList<ProbeResult> results) => Results = results;

    /// <summary>The results, in the order in which the probes ran: simple ones first, so that the first failure says the most.</summary>
    public IReadOnlyList<ProbeResult> Results { get; }

    /// <summary>True if all probes passed.</summary>
    public bool Passed => Results.All(result => result.Passed);

    /// <summary>The time that the probes took together.</summary>
    public TimeSpan Elapsed => new(Results.Sum(result => result.Elapsed.Ticks));

    /// <summary>Throws an exception if a probe failed.</summary>
    /// <exception cref="InvalidOperationException">A probe failed; the message is the whole report.</exception>
    public void ThrowIfFailed()
    {
        if (!Passed)
            throw new InvalidOperationException(ToString());
    }

    /// <summary>Returns a table with a line for each probe. Below a probe that failed stands what that usually means.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        Line("", "probe", "actions", "quantity", "expected", "found", "tolerance");
        foreach (var result in Results)
        {
            Line(result.Passed ? "ok" : "FAILED", result.Name, result.Actions, result.Quantity, Number(result.Expected), result.Error is null ? Number(result.Found) : "error", Number(result.Tolerance));
            if (result.Passed)
                continue;
            if (result.Error is not null)
                text.AppendLine(CultureInfo.InvariantCulture, $"        {result.Error.GetType().Name}: {result.Error.Message}");
            text.AppendLine(CultureInfo.InvariantCulture, $"        {result.Meaning}");
        }

        var failed = Results.Count(result => !result.Passed);
        text.Append(CultureInfo.InvariantCulture, $"{Results.Count - failed} of {Results.Count} probes passed in {Elapsed.TotalSeconds:G3} s.");
        return text.ToString();

        void Line(string verdict, string name, string actions, string quantity, string expected, string found, string tolerance) =>
            text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{verdict,-7} {name,-24} {actions,-9} {quantity.PadRight(QuantityWidth)} {expected,9} {found,9} {tolerance,9}").TrimEnd());
    }

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
