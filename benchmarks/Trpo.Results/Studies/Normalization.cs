namespace Trpo.Results.Studies;

/// <summary>ML.NET's <c>NormalizeMeanVariance</c> in front of the trainer.</summary>
/// <param name="FixZero">True if zeros stay 0, so that only the scale changes.</param>
internal sealed record Normalization(bool FixZero)
{
    public override string ToString() => $"NormalizeMeanVariance(\"Observation\", fixZero: {(FixZero ? "true" : "false")})";
}
