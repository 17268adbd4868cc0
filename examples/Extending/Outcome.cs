namespace Trpo.Examples.Extending;

/// <summary>The result of an example: a measure before and after training, and its required value.</summary>
internal sealed record Outcome(string Measure, double Before, double After, double Required)
{
    // A NaN is no success.
    public bool Reached => After >= Required;
}
