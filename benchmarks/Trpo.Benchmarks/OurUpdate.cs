using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;

namespace Trpo.Benchmarks;

/// <summary>An update of policy and value function with the default settings of training.</summary>
internal sealed class OurUpdate : IDisposable
{
    private static readonly TrpoOptions Defaults = new();

    private readonly Workload _workload;
    private readonly StochasticPolicy _policy;
    private readonly ValueNetwork _value;
    private readonly TrustRegionOptimizer _optimizer = new(Defaults.TrustRegion);
    private readonly double[] _start;

    public OurUpdate(Workload workload)
    {
        _workload = workload;
        _policy = workload.CreatePolicy();
        _value = new ValueNetwork(workload.Inputs, Defaults.HiddenLayers, Activation.Tanh, Defaults.ValueFunction, new RandomSource(2));
        _start = new double[_policy.Length];
        _policy.CopyTo(_start);
    }

    public static int ConjugateGradientSteps => Defaults.TrustRegion.ConjugateGradientSteps;

    public static double Tolerance => Defaults.TrustRegion.ConjugateGradientTolerance;

    /// <summary>Steps the policy, and fits the value function from its present parameters.</summary>
    public void Run()
    {
        UpdatePolicy(Defaults.FisherFraction);
        _value.Fit(_workload.Observations, _workload.Targets);
    }

    /// <summary>Steps the policy alone, with Fisher products on a share of the states.</summary>
    public void UpdatePolicy(double fisherFraction)
    {
        _optimizer.Step(_workload.CreateProblem(_policy, fisherFraction));

        // Every run starts with the same parameters and does the same work.
        _policy.Assign(_start);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _value.Dispose();
    }
}
