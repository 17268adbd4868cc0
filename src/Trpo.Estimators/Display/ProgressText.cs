using System.Globalization;

namespace Trpo.Estimators.Display;

/// <summary>The text of a training's progress.</summary>
internal static class ProgressText
{
    private const string Gap = "  ";
    private const string Separator = " | ";
    private const int MinWidth = 16;
    private const int PartCount = 8;

    // Shorter iterations show by their numbers that training goes on.
    private const double MinWaited = 2;

    // Longer ones are not worth a column: nobody knows the speed in a century.
    private const double MaxSeconds = 3e9;

    /// <summary>Returns the line of an iteration that is written once and stays.</summary>
    /// <param name="line">The training, which has an iteration.</param>
    /// <param name="isEnded">True for the time that the training took, false for the time that is left.</param>
    /// <param name="width">The maximum length; none by default.</param>
    public static string Of(ProgressLine line, bool isEnded, int width = int.MaxValue) => Fit(line, isEnded, isExact: width == int.MaxValue, width);

    /// <summary>Returns a line for all trainings that are rewritten in place, with an equal share of the width for each.</summary>
    /// <param name="lines">The trainings, at least one.</param>
    /// <param name="width">The maximum length.</param>
    public static string Join(IReadOnlyList<ProgressLine> lines, int width)
    {
        var shown = Math.Clamp((width + Separator.Length) / (MinWidth + Separator.Length), 1, lines.Count);
        var hidden = shown < lines.Count ? string.Create(CultureInfo.InvariantCulture, $"{Separator}{lines.Count - shown} more") : "";
        var share = Math.Max((width - hidden.Length - ((shown - 1) * Separator.Length)) / shown, 1);
        var text = string.Join(Separator, lines.Take(shown).Select(line => Fit(line, isEnded: false, isExact: false, share))) + hidden;
        return Cut(text, width);
    }

    /// <summary>Breaks a text into lines, at spaces where it can, without control characters.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">The maximum length of a line, at least 1.</param>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var rest = new string([.. text.Select(character => char.IsControl(character) ? ' ' : character)]).Trim();
        while (rest.Length > width)
        {
            var end = rest.LastIndexOf(' ', width, width);
            yield return rest[..(end > 0 ? end : width)];
            rest = rest[(end > 0 ? end : width)..].TrimStart();
        }

        yield return rest;
    }

    private static string Fit(ProgressLine line, bool isEnded, bool isExact, int width)
    {
        var parts = new string?[PartCount];
        Span<int> ranks = [0, 1, 5, 2, 7, 6, 3, 4];
        parts[0] = line.IsLabelled ? line.Label : null;
        var waited = isEnded || !line.IsLive ? 0 : line.Waited.TotalSeconds;
        if (line.HasFigures)
            Describe(line.Last, isEnded, isExact, waited, parts);
        else
            parts[3] = line.Opening;
        if (waited >= MinWaited)
            parts[7] = Text($"{(line.HasFigures ? "this iteration " : "")}{Duration(Math.Floor(waited), "F0")}");

        var (length, included) = (0, 0);
        for (var rank = 0; rank < PartCount; rank++)
        {
            var part = parts[ranks.IndexOf(rank)];
            if (part is null)
                continue;
            var longer = length + part.Length + (length > 0 ? Gap.Length : 0);
            if (longer > width && length > 0)
                break;
            (length, included) = (longer, included | (1 << ranks.IndexOf(rank)));
        }

        return Cut(string.Join(Gap, parts.Where((part, index) => part is not null && (included & (1 << index)) != 0)), width);
    }

    private static void Describe(ProgressFigures figures, bool isEnded, bool isExact, double waited, string?[] parts)
    {
        var isBounded = figures.Total > 0;
        parts[1] = isBounded ? Text($"{Math.Floor(Math.Clamp(100.0 * figures.Done / figures.Total, 0, 100)),3}%") : null;
        parts[2] = isBounded
            ? Text($"{Count(figures.Done, isExact).PadLeft(Count(figures.Total, isExact).Length)} of {Count(figures.Total, isExact)} steps")
            : Text($"{Count(figures.Done, isExact)} steps");
        parts[3] = double.IsNaN(figures.Value) ? "no episode yet" : Text($"{figures.Measure} {figures.Value,6:G4}");
        parts[4] = Text($"KL {figures.Kl,7:G2}");
        parts[5] = double.IsFinite(figures.Rate) ? Text($"{Rate(figures.Rate, isExact)} steps/s") : null;
        parts[6] = isEnded ? Took(figures.Elapsed) : Left(figures, waited);
    }

    private static string? Left(ProgressFigures figures, double waited)
    {
        var seconds = (figures.Total - figures.Done) / figures.Rate;
        return figures.Total > 0 && double.IsFinite(figures.Rate) && seconds is >= 0 and < MaxSeconds ? Text($"{Duration(Math.Max(seconds - waited, 0), "F0")} left") : null;
    }

    private static string? Took(TimeSpan? elapsed) => elapsed is { } time ? Text($"after {Duration(time.TotalSeconds, time.TotalSeconds < 10 ? "F1" : "F0")}") : null;

    private static string Duration(double seconds, string format) => seconds switch
    {
        >= 3_600 => Text($"{seconds / 3_600:F1} h"),
        >= 60 => Text($"{seconds / 60:F0} min"),
        _ => seconds.ToString(format, CultureInfo.InvariantCulture) + " s",
    };

    private static string Count(long count, bool isExact) => count switch
    {
        >= 10_000_000 when !isExact => Text($"{count / 1e6:F0}M"),
        >= 1_000_000 when !isExact => Text($"{count / 1e6:F1}M"),
        >= 10_000 when !isExact => Text($"{count / 1e3:F0}k"),
        _ => Text($"{count:N0}"),
    };

    // The clamp keeps a rate within the whole numbers.
    private static string Rate(double rate, bool isExact) => rate < 100 ? Text($"{rate:G3}") : Count((long)Math.Min(Math.Round(rate), 1e15), isExact);

    private static string Cut(string text, int width) => text.Length <= width ? text : text[..Math.Max(width, 0)];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
