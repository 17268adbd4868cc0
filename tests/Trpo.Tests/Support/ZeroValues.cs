using Trpo.Estimators.Baselines;

namespace Trpo.Tests.Support;

/// <summary>A value function that is always zero.</summary>
internal sealed class ZeroValues : IValueFunction
{
    public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Clear();

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets) => 0;
}
