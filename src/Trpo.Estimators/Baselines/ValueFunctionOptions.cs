using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Baselines;

/// <summary>The settings of the value function, and of its fit in each iteration.</summary>
public sealed record ValueFunctionOptions
{
    /// <summary>The widths of the value function's hidden layers, each from 1 to 4,096; empty for a linear function. Null, the default, means those of the policy, <see cref="TrpoOptions.HiddenLayers"/>.</summary>
    public IReadOnlyList<int>? HiddenLayers { get; init; }

    /// <summary>The activation function after each of the value function's hidden layers. Null, the default, means that of the policy, <see cref="TrpoOptions.HiddenActivation"/>.</summary>
    public Activation? HiddenActivation { get; init; }

    /// <summary>The number of trust-region steps. At least 1; 2 by default.</summary>
    public int Steps { get; init; } = 2;

    /// <summary>The share of the observations that curvature is computed on. Above 0, up to 1; 0.2 by default.</summary>
    public double FisherFraction { get; init; } = 0.2;

    /// <summary>
    /// The settings of a step. <see cref="TrustRegionOptions.MaxKl"/>, here the mean of <c>(V - V_old)^2 / (2 sigma^2)</c> with the squared error
    /// <c>sigma^2</c> before the step, is 0.3 by default, <see cref="TrustRegionOptions.ConjugateGradientSteps"/> is 4, and <see cref="TrustRegionOptions.ConjugateGradientTolerance"/> 0.01.
    /// Change it with <c>with</c>: a new one has the defaults of the policy's.
    /// </summary>
    public TrustRegionOptions TrustRegion { get; init; } = new() { MaxKl = 0.3, ConjugateGradientSteps = 4, ConjugateGradientTolerance = 0.01 };

    /// <summary>Throws if a setting is missing or out of its range.</summary>
    /// <exception cref="ArgumentException">A setting is missing or out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        foreach (var width in HiddenLayers ?? [])
            Check.Between(width, 1, 4_096, "ValueFunction.HiddenLayers");
        if (HiddenActivation is { } activation && !Enum.IsDefined(activation))
            throw new ArgumentOutOfRangeException(nameof(HiddenActivation), activation, $"ValueFunction.{nameof(HiddenActivation)} must be one of {string.Join(", ", Enum.GetNames<Activation>())}, or null.");
        Check.AtLeast(Steps, 1);
        Check.Fraction(FisherFraction);
        ArgumentNullException.ThrowIfNull(TrustRegion);
        TrustRegion.Validate();
    }
}
