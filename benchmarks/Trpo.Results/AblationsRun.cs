using Spectre.Console;
using Trpo.Estimators;
using Trpo.Results.Files;
using Trpo.Results.Report;
using Trpo.Results.Studies;

namespace Trpo.Results;

/// <summary>The verb <c>ablations</c>: measures studies and their variations, and writes the table that compares them when all are complete.</summary>
internal static class AblationsRun
{
    /// <returns>0, or 130 if the run was interrupted; finished seeds are kept.</returns>
    /// <exception cref="TrainingException">A training run diverged; finished seeds are kept.</exception>
    public static int Execute(ResultsSettings settings, IAnsiConsole console, CancellationToken cancel)
    {
        IReadOnlyList<Study> chosen = [.. settings.Chosen.SelectMany(study => settings.Variations.Where(variation => settings.Measures(variation.Name)).Select(variation => variation.Of(study)).OfType<Study>().Prepend(study))];
        var missing = chosen.Count;
        return MeasuringRun.Execute(settings with { Chosen = chosen }, console, (_, say) =>
        {
            if (--missing == 0)
                say($"Wrote {Save(settings)}");
        }, cancel);
    }

    private static string Save(ResultsSettings settings)
    {
        var store = new ResultStore(settings.Kept);
        var all = settings.All.Select(study => Ablation.Of(study, settings.Variations, store, settings.Seeds, settings.Episodes)).ToList();
        return AblationsDocument.Save(all, settings.Variations, settings.Seeds, settings.Episodes, settings.Documents);
    }
}
