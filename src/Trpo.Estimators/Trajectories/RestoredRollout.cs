using System.Globalization;
using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Trajectories;

/// <summary>The check of a rollout that was restored: its numbers are finite, and its rows to bootstrap are those that its flags ask for. Rows that are not collected yet hold anything.</summary>
internal static class RestoredRollout
{
    /// <summary>Throws if a collected row is none that a training collects.</summary>
    /// <exception cref="InvalidDataException">A number is not finite, or flags and rows to bootstrap contradict each other.</exception>
    public static void Check(Rollout rollout)
    {
        var needed = 0;
        for (var e = 0; e < rollout.EnvironmentCount; e++)
        {
            var (start, end) = (rollout.Row(e, 0), rollout.Row(e, 0) + rollout.CollectedSteps);
            RequireFinite(rollout.Observations, rollout.ObservationLength, start, end, "values of observations");
            RequireFinite(rollout.Actions, rollout.ActionLength, start, end, "values of actions");
            StateSpans.RequireFinite(rollout.LogProbabilities[start..end], "log-probabilities of actions");
            StateSpans.RequireFinite(rollout.Rewards[start..end], "rewards");
            for (var row = start; row < end; row++)
            {
                if (rollout.CutOff[row] && (rollout.Terminated[row] || rollout.Truncated[row]))
                    throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"Row {row} of a rollout both ended its episode and was cut off."));
                if (IsBootstrapped(rollout, row))
                    needed++;
            }
        }

        CheckBootstrapRows(rollout, needed);
        StateSpans.RequireFinite(rollout.BootstrapObservations, "values of bootstrap observations");
    }

    private static void RequireFinite(ReadOnlySpan<float> values, int length, int start, int end, string what) => StateSpans.RequireFinite(values[(start * length)..(end * length)], what);

    // Each once, in the order of the steps.
    private static void CheckBootstrapRows(Rollout rollout, int needed)
    {
        var listed = new bool[rollout.Rows];
        var last = 0;
        foreach (var row in rollout.BootstrapRows)
        {
            if (row < 0 || row >= rollout.Rows || listed[row] || row % rollout.Steps < last || row % rollout.Steps >= rollout.CollectedSteps || !IsBootstrapped(rollout, row))
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{row} is among the rows to bootstrap of a rollout of {rollout.Rows} rows; they must be those that were truncated, cut off or last, each once and in the order of their steps."));
            listed[row] = true;
            last = row % rollout.Steps;
        }

        if (rollout.BootstrapRows.Length != needed)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"There are {rollout.BootstrapRows.Length} rows to bootstrap, where the ends of the episodes of a rollout ask for {needed}."));
    }

    private static bool IsBootstrapped(Rollout rollout, int row) =>
        !rollout.Terminated[row] && (rollout.Truncated[row] || rollout.CutOff[row] || (rollout.IsComplete && row % rollout.Steps == rollout.Steps - 1));
}
