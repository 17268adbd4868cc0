namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The inputs of a reward model of some candidates, computed when they are read: those of all candidates of a log would be many times as large as the log.</summary>
/// <param name="features">The inputs of a candidate.</param>
/// <param name="log">The log.</param>
/// <param name="places">The place of each candidate in <c>[N, M]</c>, <c>[K]</c>.</param>
internal sealed class CandidateInputs(CandidateFeatures features, LoggedRows log, int[] places)
{
    /// <summary>Computes the inputs of a candidate, in memory of its own.</summary>
    public ReadOnlySpan<float> Read(int index)
    {
        var inputs = new float[features.Length];
        features.Read(log.Observation(places[index] / log.ActionCount), places[index] % log.ActionCount, inputs);
        return inputs;
    }

    /// <summary>Computes one of the inputs of a candidate.</summary>
    public float ValueOf(int index, int input) => features.ValueOf(log.Observation(places[index] / log.ActionCount), places[index] % log.ActionCount, input);
}
