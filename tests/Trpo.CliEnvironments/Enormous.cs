namespace Trpo.CliEnvironments;

/// <summary>Its rewards are numbers, but their sum is none.</summary>
public sealed class Enormous : Hooked
{
    protected override double Change(double reward) => 1e308 * reward;
}
