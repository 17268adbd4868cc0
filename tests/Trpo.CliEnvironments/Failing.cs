namespace Trpo.CliEnvironments;

/// <summary>An environment that fails after some steps.</summary>
public sealed class Failing : Hooked
{
    private int _steps;

    protected override double Change(double reward) => ++_steps < 900 ? reward : throw new InvalidOperationException("The motor is off.");
}
