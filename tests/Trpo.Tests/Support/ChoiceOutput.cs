namespace Trpo.Tests.Support;

/// <summary>A scored row of a policy with discrete actions.</summary>
public sealed class ChoiceOutput
{
    public uint Action { get; set; }

    public float[] Score { get; set; } = [];

    public float Id { get; set; }
}
