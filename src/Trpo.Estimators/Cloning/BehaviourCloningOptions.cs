using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;

namespace Trpo.Estimators.Cloning;

/// <summary>The settings of <see cref="BehaviourCloningEstimator"/>.</summary>
public sealed record BehaviourCloningOptions
{
    /// <summary>The number of steps of the optimizer, fewer if no step improves any more. From 1 to 100,000; 200 by default.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>The number of rows of a step, drawn anew for each; all rows where there are fewer. From 1 to 10,000,000; 4,096 by default.</summary>
    public int RowsPerStep { get; init; } = 4_096;

    /// <summary>The widths of the hidden layers, each from 1 to 4,096. 64 and 64 by default.</summary>
    public IReadOnlyList<int> HiddenLayers { get; init; } = [64, 64];

    /// <summary>The activation function after each hidden layer. Tanh by default.</summary>
    public Activation HiddenActivation { get; init; } = Activation.Tanh;

    /// <summary>True if the policy normalizes observations by the mean and standard deviation of the rows. False by default.</summary>
    public bool NormalizeObservations { get; init; }

    /// <summary>True if continuous actions are computed in units of their bounds, as with <see cref="TrpoOptions.RescaleActions"/>. True by default.</summary>
    public bool RescaleActions { get; init; } = true;

    /// <summary>
    /// The smallest logarithm of the standard deviation of continuous actions, in the units of the policy: rows of one deterministic policy would make it 0, and a training that begins there explores nothing.
    /// From -10 to 2; -1 by default.
    /// </summary>
    public double MinLogStandardDeviation { get; init; } = -1;

    /// <summary>The settings of a step. A radius of 0.05 by default: rows do not change, as those of a training do.</summary>
    public TrustRegionOptions TrustRegion { get; init; } = new() { MaxKl = 0.05 };

    /// <summary>The seed of the initial weights and of the rows of each step; null, the default, takes a seed from the MLContext.</summary>
    public int? Seed { get; init; }

    /// <summary>The name of the column of the action that was taken. "Action" by default.</summary>
    public string Action { get; init; } = "Action";

    /// <summary>The names of the observation column, and of the columns that the policy writes.</summary>
    public PolicyColumns Columns { get; init; } = new();

    /// <summary>The token that ends the fit between two steps, with an exception. None by default.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentException">A setting is missing or out of its range; the exception names it.</exception>
    public void Validate()
    {
        Check.Between(Steps, 1, 100_000);
        Check.Between(RowsPerStep, 1, 10_000_000);
        ArgumentNullException.ThrowIfNull(HiddenLayers);
        foreach (var width in HiddenLayers)
            Check.Between(width, 1, 4_096, nameof(HiddenLayers));
        if (!Enum.IsDefined(HiddenActivation))
            throw new ArgumentOutOfRangeException(nameof(HiddenActivation), HiddenActivation, $"{nameof(HiddenActivation)} must be one of {string.Join(", ", Enum.GetNames<Activation>())}.");
        Check.Between(MinLogStandardDeviation, -10, 2);
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
        ArgumentException.ThrowIfNullOrEmpty(Action);
        ArgumentNullException.ThrowIfNull(Columns);
    }
}
