using CsCheck;

namespace Trpo.CliEnvironments;

/// <summary>An environment that needs a package.</summary>
public sealed class Sampled : Hooked
{
    protected override double Change(double reward) => reward + Gen.Int[0, 0].Single();
}
