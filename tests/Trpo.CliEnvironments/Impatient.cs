namespace Trpo.CliEnvironments;

/// <summary>An environment that throws an OperationCanceledException after some steps, as a remote simulator does when a call times out.</summary>
public sealed class Impatient : Hooked
{
    private int _steps;

    protected override double Change(double reward) => ++_steps < 900 ? reward : throw new TaskCanceledException("The simulator does not answer.");
}
