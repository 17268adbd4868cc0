using Microsoft.ML.Data;

namespace Trpo.Tests.Support;

/// <summary>A row of raw data.</summary>
internal sealed class Weather
{
    public string Kind { get; set; } = "";

    public float Temperature { get; set; }

    [VectorType(3)]
    public float[] Wind { get; set; } = [];

    public float Label { get; set; }
}
