using Microsoft.ML.Data;

namespace Trpo.Tests.Support;

/// <summary>A row to score, with a column that the policy does not read.</summary>
public sealed class PolicyInput
{
    [VectorType(4)]
    public float[] Observation { get; set; } = [];

    public float Id { get; set; }
}
