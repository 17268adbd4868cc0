namespace Trpo.Tests.Support;

/// <summary>A scored row of a policy with continuous actions.</summary>
public sealed class VectorOutput
{
    public float[] Action { get; set; } = [];

    public float[] Score { get; set; } = [];

    public float Id { get; set; }
}
