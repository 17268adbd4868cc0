namespace Trpo.CliEnvironments;

/// <summary>Its constructor asks for something.</summary>
public sealed class Configured(double factor) : Hooked
{
    protected override double Change(double reward) => factor * reward;
}
