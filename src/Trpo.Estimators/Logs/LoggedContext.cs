namespace Trpo.Estimators.Logs;

/// <summary>A logged decision as a rule sees it that is asked for its probabilities. The memory is valid until the rule returns.</summary>
/// <param name="Observation">The observation, <c>[d]</c>; empty if the log has none.</param>
/// <param name="Eligible">True for each action that could be taken, <c>[A]</c>; empty if the log has no column of eligible actions.</param>
public readonly record struct LoggedContext(ReadOnlyMemory<float> Observation, ReadOnlyMemory<bool> Eligible)
{
    /// <summary>The features of the candidates, <c>[M, d]</c>; empty if the log has no column of them. Values of candidates that do not exist have no meaning.</summary>
    public ReadOnlyMemory<float> ActionFeatures { get; init; }
}
