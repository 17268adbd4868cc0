using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Baselines;

/// <summary>How the value function is fitted after each update of the policy.</summary>
public sealed record ValueFunctionOptions
{
    /// <summary>The number of passes over the batch. At least 1; 10 by default.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>The number of observations in a gradient step. At least 1; 64 by default.</summary>
    public int MinibatchSize { get; init; } = 64;

    /// <summary>The step size of Adam. Positive, at most 1; 0.001 by default.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names it.</exception>
    internal void Validate()
    {
        Check.AtLeast(Epochs, 1);
        Check.AtLeast(MinibatchSize, 1);
        Check.Positive(LearningRate);
        Check.Between(LearningRate, 0, 1);
    }
}
