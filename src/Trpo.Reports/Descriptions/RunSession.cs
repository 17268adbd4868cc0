using Trpo.Estimators;
using Trpo.Estimators.Networks;

namespace Trpo.Reports.Descriptions;

/// <summary>A part of a run that one process trained: the first part, or one that resumed the run.</summary>
/// <param name="Started">The time at which the first iteration of the session ended.</param>
/// <param name="FirstIteration">The number of the first iteration of the session, from 1.</param>
/// <param name="ComputedBy">The engines and the device that computed the networks; null if they are not known.</param>
public sealed record RunSession(DateTimeOffset Started, int FirstIteration, string? ComputedBy = null)
{
    /// <summary>Returns the session that begins with an iteration, now.</summary>
    internal static RunSession BeginningWith(TrpoIteration first) => new(DateTimeOffset.UtcNow, first.Iteration, ComputedByText(first));

    private static string? ComputedByText(TrpoIteration iteration)
    {
        if (iteration.Engine == TrainingEngine.Automatic)
            return null;
        var policy = Text(iteration.Engine);
        if (iteration.ValueEngine is not { } engine)
            return $"{policy} (the policy)";
        return engine == iteration.Engine ? policy : $"{policy} (the policy), {Text(engine)} (the value function)";

        string Text(TrainingEngine engine) => engine == TrainingEngine.Managed ? "managed code" : $"TorchSharp on {iteration.Device}";
    }
}
