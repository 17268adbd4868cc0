namespace Trpo.CliEnvironments;

/// <summary>Fails after some steps.</summary>
public sealed class Failing : Hooked
{
    private int _steps;

    protected override double Change(double reward) => ++_steps < 900 ? reward : throw new InvalidOperationException("The motor is off.");
}
