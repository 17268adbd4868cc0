using System.Text.Json;

namespace Trpo.Benchmarks.Ratios;

/// <summary>One measurement and what it should be.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">What came out.</param>
/// <param name="Bound">What it should be at least, or at most.</param>
/// <param name="BoundIs">"min" or "max".</param>
internal sealed record Ratio(string Name, double Value, double Bound, string BoundIs)
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public bool Holds => BoundIs == "min" ? Value >= Bound : Value <= Bound;

    public static Ratio AtLeast(double bound, string name, double value) => new(name, value, bound, "min");

    public static Ratio AtMost(double bound, string name, double value) => new(name, value, bound, "max");

    /// <summary>The measurement as one line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { Name, Value = Math.Round(Value, 4), Bound, BoundIs }, Json);
}
