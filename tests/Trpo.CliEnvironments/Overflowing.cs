namespace Trpo.CliEnvironments;

/// <summary>An environment whose rewards overflow once all instances together have made a number of steps.</summary>
public sealed class Overflowing : Hooked
{
    private const int Steps = 30_000;

    private static int _steps;

    protected override double Change(double reward) => ++_steps > Steps ? 1e308 : reward;
}
