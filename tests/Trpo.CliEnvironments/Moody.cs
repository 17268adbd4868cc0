namespace Trpo.CliEnvironments;

/// <summary>An environment whose constructor throws from the third instance on.</summary>
public sealed class Moody : Hooked
{
    private static int _created;

    public Moody()
    {
        if (++_created > 2)
            throw new TaskCanceledException("There are no more licences.");
    }

    protected override double Change(double reward) => reward;
}
