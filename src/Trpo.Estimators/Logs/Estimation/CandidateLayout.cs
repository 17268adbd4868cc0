namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The places of the candidates of a row in its observation, which begins with the context and goes on with the features of the candidates, one after the other.</summary>
/// <param name="Context">The number of values of the context, c; 0 without.</param>
/// <param name="Count">The maximum number of candidates, M.</param>
/// <param name="Features">The number of features of a candidate, d, at least 1.</param>
internal readonly record struct CandidateLayout(int Context, int Count, int Features)
{
    /// <summary>Returns the features of a candidate.</summary>
    /// <param name="observation">The observation.</param>
    /// <param name="candidate">The index of the candidate.</param>
    public ReadOnlySpan<float> FeaturesOf(ReadOnlySpan<float> observation, int candidate) => observation.Slice(Context + (candidate * Features), Features);
}
