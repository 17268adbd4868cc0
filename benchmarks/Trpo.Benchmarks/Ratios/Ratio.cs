using System.Text.Json;

namespace Trpo.Benchmarks.Ratios;

/// <summary>A measurement and its bound.</summary>
/// <param name="Name">The name of the measurement.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Bound">The minimum or maximum that the value should keep.</param>
/// <param name="BoundIs">"min" or "max".</param>
internal sealed record Ratio(string Name, double Value, double Bound, string BoundIs)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool Holds => BoundIs == "min" ? Value >= Bound : Value <= Bound;

    public static Ratio AtLeast(double bound, string name, double value) => new(name, value, bound, "min");

    public static Ratio AtMost(double bound, string name, double value) => new(name, value, bound, "max");

    /// <summary>Writes the measurement as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { Name, Value = Math.Round(Value, 4), Bound, BoundIs }, Json);
}
