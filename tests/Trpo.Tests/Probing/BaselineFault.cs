using Trpo.Estimators.Baselines;
using Trpo.Estimators.Networks;

namespace Trpo.Tests.Probing;

/// <summary>The built-in value function with a fault around it.</summary>
internal sealed class BaselineFault(BaselineArguments arguments) : IValueFunction, IDisposable
{
    private readonly ValueNetwork _network = new(arguments.ObservationLength, [64, 64], Activation.Tanh, new ValueFunctionOptions(), arguments.Random);

    public bool IsUnfitted { get; init; }

    public bool IsShifted { get; init; }

    public bool IsReversed { get; init; }

    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        _network.Predict(observations, values);
        if (IsShifted && values.Length > 1)
        {
            var first = values[0];
            values[1..].CopyTo(values);
            values[^1] = first;
        }
    }

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        if (IsUnfitted)
            return 0;
        double[] rows = [.. targets];
        if (IsReversed)
            Array.Reverse(rows);
        return _network.Fit(observations, rows);
    }

    public void Dispose() => _network.Dispose();
}
