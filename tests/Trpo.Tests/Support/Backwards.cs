using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Support;

/// <summary>An optimizer that improves the policy in its first updates and goes the other way in all others.</summary>
internal sealed class Backwards(int improving = 3) : IPolicyOptimizer
{
    private readonly TrustRegionOptimizer _optimizer = new(new() { MaxKl = 0.02 });
    private int _updates;

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var before = new double[problem.Length];
        var after = new double[problem.Length];
        problem.CopyTo(before);
        var step = _optimizer.Step(problem);
        if (++_updates <= improving)
            return step;
        problem.CopyTo(after);
        problem.Assign([.. before.Zip(after, (old, changed) => old - (changed - old))]);
        return step;
    }
}
