namespace Trpo.Examples.LoggedDecisions;

/// <summary>A visitor of the shop, as the policy sees them. The members have the names of the columns.</summary>
internal sealed class Visitor
{
    public required string Device { get; init; }

    /// <summary>Gets the age; NaN if it is not known.</summary>
    public required float Age { get; init; }

    public required float Hour { get; init; }
}
