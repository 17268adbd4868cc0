using Microsoft.ML.Data;

namespace Trpo.Examples.Inventory;

/// <summary>A morning in a shop, as an application knows it: the columns that the environment shows, and nothing of the environment.</summary>
internal sealed class InventoryRow
{
    public string Weekday { get; set; } = "";

    /// <summary>0 is the low season, 1 the high one: ML.NET counts the keys of objects that it loads from 0, and from 1 in data views and in objects that it creates.</summary>
    [KeyType(2)]
    public uint Season { get; set; }

    public float Stock { get; set; }

    public float Arriving { get; set; }

    /// <summary>From yesterday back.</summary>
    [VectorType(7)]
    public float[] Demand { get; set; } = [];
}
