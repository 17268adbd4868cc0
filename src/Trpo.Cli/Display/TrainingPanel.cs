using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>The panel that a terminal shows of an iteration: a bar with the steps and the remaining time, and the numbers below.</summary>
internal static class TrainingPanel
{
    private const int MaxBarWidth = 60;

    // The width of the text beside the bar.
    private const int TextWidth = 36;

    /// <summary>Creates the panel.</summary>
    /// <param name="value">The iteration.</param>
    /// <param name="meanReturn">The last mean return that is not NaN.</param>
    /// <param name="width">The width of the terminal, in characters.</param>
    public static IRenderable Of(TrpoIteration value, double meanReturn, int width)
    {
        var share = (double)value.Steps / value.TotalSteps;
        var bar = Math.Clamp(width - TextWidth, 10, MaxBarWidth);
        var full = (int)(share * bar);
        var left = TimeSpan.FromSeconds((value.TotalSteps - value.Steps) / value.StepsPerSecond);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"[green]{new string('━', full)}[/][grey]{new string('━', bar - full)}[/] {share,4:P0} {Short(value.Steps)} of {Short(value.TotalSteps)} steps, {Left(left)}");

        var table = new Table { Border = TableBorder.None, ShowHeaders = true };
        foreach (var name in new[] { "steps/s", "return", "last 100", "KL", "line search", "expl. var.", "entropy" })
            table.AddColumn(new TableColumn(new Markup($"[grey]{name}[/]")) { Alignment = Justify.Right, NoWrap = true });
        table.AddRow(
            Text($"{value.StepsPerSecond:N0}"), new Text(TrainingDisplay.Number(meanReturn)), new Text(TrainingDisplay.Number(value.MeanReturnOfLast100)), new Text(NumberText.Of(value.Update.MeanKl, 4)),
            value.Update.StepFraction > 0 ? Text($"x{value.Update.StepFraction:G3}") : new Text($"{value.Update.Outcome}"), new Text(NumberText.Of(value.ExplainedVariance, 2)), new Text(NumberText.Of(value.Entropy, 2)));
        return new Rows(new Markup(head), table);
    }

    private static Text Text(FormattableString value) => new(FormattableString.Invariant(value));

    private static string Short(int steps) => steps switch
    {
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{steps / 1e6:F0}M"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{steps / 1e6:F1}M"),
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{steps / 1e3:F0}k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{steps}"),
    };

    private static string Left(TimeSpan left) => left switch
    {
        { TotalHours: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:F1} h left"),
        { TotalMinutes: >= 1 } => string.Create(CultureInfo.InvariantCulture, $"{left.TotalMinutes:F0} min left"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:F0} s left"),
    };
}
