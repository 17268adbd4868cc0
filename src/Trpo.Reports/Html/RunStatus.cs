using System.Globalization;
using System.Text.Json;
using Trpo.Estimators;
using Trpo.Reports.Descriptions;
using Trpo.Reports.History;

namespace Trpo.Reports.Html;

/// <summary>The progress of a run. Its files do not tell whether an unfinished run was stopped or still goes on.</summary>
/// <param name="Text">The status in a few words.</param>
/// <param name="IsFinished">True if the run made all of its steps or reached its target return.</param>
internal sealed record RunStatus(string Text, bool IsFinished)
{
    // Training stops at its target only after a full window of episodes.
    private const int WindowEpisodes = 100;

    /// <summary>Determines the status of a run.</summary>
    public static RunStatus Of(RunHistory history, RunDescription? description)
    {
        var last = history.Last;
        if (last.Steps >= last.TotalSteps)
            return new RunStatus("Finished", true);
        if (TargetOf(description) is { } target && history[TrpoMetric.Episodes].Sum() >= WindowEpisodes && history[TrpoMetric.ReturnOfLast100][^1] >= target)
            return new RunStatus(string.Create(CultureInfo.InvariantCulture, $"Finished at its target return of {target}"), true);
        return new RunStatus(string.Create(CultureInfo.InvariantCulture, $"Stopped, or still running, at step {last.Steps:N0} of {last.TotalSteps:N0}"), false);
    }

    private static double? TargetOf(RunDescription? description) =>
        description?.Options.TryGetProperty("targetReturn", out var target) == true && target.ValueKind == JsonValueKind.Number ? target.GetDouble() : null;
}
