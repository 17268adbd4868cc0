using Microsoft.ML.Data;

namespace TrpoApp._1;

/// <summary>A row of plain data: the columns of an observation, as an application has them.</summary>
public sealed class Morning
{
    public string Forecast { get; set; } = "";

    /// <summary>The stage, from 0: seedling, growing, fruiting. In data views ML.NET counts keys from 1.</summary>
    [KeyType(3)]
    public uint Stage { get; set; }

    public float Moisture { get; set; }

    public float Temperature { get; set; }
}
