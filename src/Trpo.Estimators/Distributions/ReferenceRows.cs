namespace Trpo.Estimators.Distributions;

/// <summary>The rows of reference distributions, in memory of the caller.</summary>
/// <param name="Parameters">The parameters of the distributions, <c>[N, P]</c>.</param>
/// <param name="Actions">The actions, <c>[N, k]</c>.</param>
/// <param name="LogProbabilities">The log-probabilities of the actions, <c>[N]</c>, which <see cref="IReferenceDistributions.Begin"/> computes.</param>
internal sealed record ReferenceRows(double[] Parameters, double[] Actions, double[] LogProbabilities)
{
    /// <summary>The number of rows, <c>N</c>.</summary>
    public int Count => LogProbabilities.Length;

    private int Length { get; } = Parameters.Length / LogProbabilities.Length;

    private int ActionLength { get; } = Actions.Length / LogProbabilities.Length;

    /// <summary>Returns the action of a row, <c>[k]</c>.</summary>
    public ReadOnlySpan<double> Action(int row) => Actions.AsSpan(row * ActionLength, ActionLength);

    /// <summary>Returns the part of values <c>[N, P]</c> that belongs to a row.</summary>
    public Span<double> Of(Span<double> values, int row) => values.Slice(row * Length, Length);

    /// <inheritdoc cref="Of(Span{double}, int)"/>
    public ReadOnlySpan<double> Of(ReadOnlySpan<double> values, int row) => values.Slice(row * Length, Length);
}
