namespace Trpo.CliEnvironments;

/// <summary>An environment with finite rewards whose sum is infinite.</summary>
public sealed class Enormous : Hooked
{
    protected override double Change(double reward) => 1e308 * reward;
}
