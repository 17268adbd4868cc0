namespace Trpo.CliEnvironments;

/// <summary>An environment whose constructor throws.</summary>
public sealed class Unplugged : Hooked
{
    public Unplugged() => throw new InvalidOperationException("The robot is not plugged in.");

    protected override double Change(double reward) => reward;
}
