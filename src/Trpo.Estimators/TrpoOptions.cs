using Trpo.Estimators.Baselines;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;

namespace Trpo.Estimators;

/// <summary>The settings of <see cref="TrpoEstimator"/>. Training reads them and changes none.</summary>
public sealed record TrpoOptions
{
    /// <summary>The number of environment steps to train for, over all environments; rounded up to a multiple of their number. From 1 to 2,000,000,000; 100,000 by default.</summary>
    public int TotalSteps { get; init; } = 100_000;

    /// <summary>
    /// About the number of environment steps between two updates, over all environments: <see cref="TotalSteps"/> is divided as evenly
    /// as it goes, so that no update is made from a few. From 2 to 10,000,000; 1,024 by default.
    /// </summary>
    public int StepsPerIteration { get; init; } = 1_024;

    /// <summary>The discount of later rewards, per step. From 0 to 1; 0.99 by default.</summary>
    public double Discount { get; init; } = 0.99;

    /// <summary>The lambda of generalized advantage estimation. From 0 to 1; 0.95 by default.</summary>
    public double GaeLambda { get; init; } = 0.95;

    /// <summary>The widths of the hidden layers of the policy, and of the value function. Each from 1 to 16,384, none for a linear function; 64 and 64 by default.</summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>The logarithm of the standard deviation that continuous actions start with. From -20 to 2; 0 by default.</summary>
    public double InitialLogStandardDeviation { get; init; }

    /// <summary>
    /// Where randomness starts: the same seed gives the same policy, bit for bit, on the same kind of machine with the same number of
    /// libtorch threads. Null, the default, takes one from the MLContext.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The settings of the policy's update.</summary>
    public TrustRegionOptions TrustRegion { get; init; } = new();

    /// <summary>The settings of the value function's fit.</summary>
    public ValueFunctionOptions ValueFunction { get; init; } = new();

    /// <summary>The column to observe, and the columns to write the action and its score to.</summary>
    public PolicyColumns Columns { get; init; } = new();

    /// <summary>Is told of every iteration as it ends, before the next begins (a <see cref="Progress{T}"/> passes that on later, on another thread). Null by default.</summary>
    public IProgress<TrpoIteration>? Progress { get; init; }

    /// <exception cref="ArgumentException">A setting is out of its range or missing; the exception names it.</exception>
    internal void Validate()
    {
        Check.Between(TotalSteps, 1, 2_000_000_000);
        Check.Between(StepsPerIteration, 2, 10_000_000);
        Check.Between(Discount, 0, 1);
        Check.Between(GaeLambda, 0, 1);
        Check.Between(InitialLogStandardDeviation, -20, 2);
        ArgumentNullException.ThrowIfNull(HiddenLayers);
        foreach (var width in HiddenLayers)
            Check.Between(width, 1, 16_384, nameof(HiddenLayers));
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
        ArgumentNullException.ThrowIfNull(ValueFunction);
        ValueFunction.Validate();
        ArgumentNullException.ThrowIfNull(Columns);
        Columns.Check();
    }
}
