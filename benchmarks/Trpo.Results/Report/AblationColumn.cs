using Trpo.Results.Files;
using Trpo.Results.Statistics;
using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>A column of the table of variations: one measure of one study.</summary>
/// <param name="Title">The head of the column.</param>
/// <param name="Ablation">The study and its variations.</param>
/// <param name="Value">The measure of a seed.</param>
/// <param name="IsLowerBound">True if the measure of a seed is only a lower bound.</param>
/// <param name="Write">Formats the measure.</param>
internal sealed record AblationColumn(string Title, Ablation Ablation, Func<SeedResult, double> Value, Func<SeedResult, bool> IsLowerBound, Func<double, string> Write)
{
    public const string NotMeasured = "not measured";
    public const string NoChange = "=";

    /// <summary>Returns the column of the mean return and, if the study has a goal for them, of the steps to solve.</summary>
    public static IEnumerable<AblationColumn> Of(Ablation ablation)
    {
        var study = ablation.Own.Study;
        yield return new AblationColumn(study.Title, ablation, result => result.Mean, _ => false, Numbers.Return);
        if (study.Goal.SolvedBefore is not null)
            yield return new AblationColumn($"{study.Title}: steps to solve", ablation, result => result.SolvedAt(study.Solved) ?? result.Curve[^1].Steps, result => result.SolvedAt(study.Solved) is null, Numbers.Steps);
    }

    /// <summary>Formats the mean over seeds with the study's own settings.</summary>
    public string Own() => Ablation.Own.Summary is { } own ? Mean(own) + Ablation.Own.Mark : NotMeasured;

    /// <summary>Formats the mean over seeds with a variation, and the difference in brackets, bold if its interval excludes 0.</summary>
    public string Cell(Variation variation)
    {
        if (!Ablation.Varied.TryGetValue(variation.Name, out var varied))
            return NoChange;
        if (varied.Summary is not { } summary)
            return NotMeasured;
        var difference = Compared(variation) is { } compared ? $" ({Bold(Signed(compared.Mean), compared.ExcludesZero)})" : "";
        return Mean(summary) + difference + varied.Mark;
    }

    /// <summary>Computes the difference of a variation from the study's own settings; null if either is not measured, or the variation does not change the study.</summary>
    public Difference? Compared(Variation variation) =>
        Ablation.Own.Summary is { } own && Ablation.Varied.GetValueOrDefault(variation.Name)?.Summary is { } varied
            ? Difference.Of([.. varied.Results.Select(Value)], [.. own.Results.Select(Value)])
            : null;

    private string Mean(Summary summary) => (summary.Results.Any(IsLowerBound) ? "≥ " : "") + Write(summary.Results.Average(Value));

    private string Signed(double value)
    {
        // A difference that rounds to 0 has no sign.
        var size = Write(Math.Abs(value));
        return size == Write(0) ? size : (value < 0 ? "-" : "+") + size;
    }

    private static string Bold(string text, bool bold) => bold ? $"**{text}**" : text;
}
