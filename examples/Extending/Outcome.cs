namespace Trpo.Examples.Extending;

/// <summary>What an example reached, from where it started, and what it should reach.</summary>
internal sealed record Outcome(string Measure, double Before, double After, double Required)
{
    // A NaN is no success.
    public bool Reached => After >= Required;
}
