using Microsoft.ML.Data;

namespace Trpo.Examples.Inventory;

/// <summary>A morning in a shop as an application sees it: the columns of an observation, without the environment.</summary>
internal sealed class InventoryRow
{
    public string Weekday { get; set; } = "";

    /// <summary>The season: 0 is low, 1 is high. ML.NET counts keys from 0 in objects that it loads, and from 1 in data views and in objects that it creates.</summary>
    [KeyType(2)]
    public uint Season { get; set; }

    public float Stock { get; set; }

    public float Arriving { get; set; }

    /// <summary>The demand of the last seven days, yesterday first.</summary>
    [VectorType(7)]
    public float[] Demand { get; set; } = [];
}
