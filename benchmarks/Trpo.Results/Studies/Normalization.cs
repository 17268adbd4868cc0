namespace Trpo.Results.Studies;

/// <summary>ML.NET's <c>NormalizeMeanVariance</c> in front of the trainer.</summary>
/// <param name="FixZero">Whether zeros are left where they are, so that only the scale is changed.</param>
internal sealed record Normalization(bool FixZero)
{
    public override string ToString() => $"NormalizeMeanVariance(\"Observation\", fixZero: {(FixZero ? "true" : "false")})";
}
