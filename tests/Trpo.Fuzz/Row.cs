using Microsoft.ML.Data;

namespace Trpo.Fuzz;

/// <summary>A row to score.</summary>
internal sealed class Row
{
    [VectorType(4)]
    public float[] Observation { get; set; } = [];

    public float Id { get; set; }
}
