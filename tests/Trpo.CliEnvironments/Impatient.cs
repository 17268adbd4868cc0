namespace Trpo.CliEnvironments;

/// <summary>Gives up after some steps, as a simulator behind a network does that answers too late.</summary>
public sealed class Impatient : Hooked
{
    private int _steps;

    protected override double Change(double reward) => ++_steps < 900 ? reward : throw new TaskCanceledException("The simulator does not answer.");
}
