using Trpo.Estimators;
using Trpo.Estimators.Optimization;

namespace Trpo.Results.Training;

/// <summary>
/// An optimizer that leaves the mean of the policy's parameters over the end of the training in the place of the last ones (Polyak and Juditsky 1992). It learns from the reports of
/// the training which update is the last.
/// </summary>
/// <param name="optimizer">The optimizer that makes the updates.</param>
/// <param name="share">The share of the environment steps, at the end, whose updates are averaged.</param>
internal sealed class AveragedPolicy(IPolicyOptimizer optimizer, double share) : IPolicyOptimizer, IProgress<TrpoIteration>
{
    // An iteration is at most this many times as long as the one before it.
    private const double MaxGrowth = 1.6;

    private double[] _sum = [];
    private int _count;
    private int _steps;
    private int _length;
    private int _total = int.MaxValue;

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var step = optimizer.Step(problem);
        if (_total - _steps - _length > share * _total)
            return step;
        var parameters = new double[problem.Length];
        problem.CopyTo(parameters);
        _sum = _count++ == 0 ? parameters : [.. _sum.Zip(parameters, (sum, parameter) => sum + parameter)];
        if (_total - _steps < MaxGrowth * _length)
            problem.Assign([.. _sum.Select(sum => sum / _count)]);
        return step;
    }

    public void Report(TrpoIteration value) => (_steps, _length, _total) = (value.Steps, value.Steps - _steps, value.TotalSteps);
}
