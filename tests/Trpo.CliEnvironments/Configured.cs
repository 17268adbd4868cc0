namespace Trpo.CliEnvironments;

/// <summary>An environment whose constructor has a parameter.</summary>
public sealed class Configured(double factor) : Hooked
{
    protected override double Change(double reward) => factor * reward;
}
