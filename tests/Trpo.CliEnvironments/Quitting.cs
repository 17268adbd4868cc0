namespace Trpo.CliEnvironments;

/// <summary>An environment that ends the process after some steps, with the exit code of success, as a simulator does when its window is closed.</summary>
public sealed class Quitting : Hooked
{
    private int _steps;

    protected override double Change(double reward)
    {
        if (++_steps == 900)
            Environment.Exit(0);
        return reward;
    }
}
