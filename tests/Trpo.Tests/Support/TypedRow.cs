using Microsoft.ML.Data;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>A row of a column of each kind, and the environment that emits such rows.</summary>
internal sealed class TypedRow
{
    public static ObservationSpace Space { get; } = ObservationSpace.OfColumns(
        ObservationColumn.Text("Weekday", "Mon", "Tue", "Wed"),
        ObservationColumn.Key("Season", "low", "high"),
        ObservationColumn.Number("Stock", low: 0, high: 40),
        ObservationColumn.Vector("Demand", [0, 0], [9, 8], "north", "south"));

    public string Weekday { get; set; } = "";

    /// <summary>From 1 in an object that ML.NET creates, from 0 in one that it loads.</summary>
    [KeyType(2)]
    public uint Season { get; set; }

    public float Stock { get; set; }

    [VectorType(2)]
    public float[] Demand { get; set; } = [];

    public static ScriptedEnvironment Environment() => new(Space, [0, 1, 5, 1, 2], [2, 0, 40, 3, 4], [1, 1, 0, 5, 6]);

    public override string ToString() => $"{Weekday} {Season} {Stock} {string.Join(' ', Demand)}";
}
