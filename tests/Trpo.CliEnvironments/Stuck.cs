namespace Trpo.CliEnvironments;

/// <summary>An environment whose step does not return after some steps. Then a file exists, whose path is that of the variable TRPO_TEST_FILE.</summary>
public sealed class Stuck : Hooked
{
    private int _steps;

    protected override double Change(double reward)
    {
        if (++_steps < 900)
            return reward;
        File.WriteAllText(Environment.GetEnvironmentVariable("TRPO_TEST_FILE")!, "");

        // A step that does not return is what the tests need: they kill the process.
        Thread.Sleep(Timeout.Infinite);
        return reward;
    }
}
