using Trpo.Estimators.Baselines;

namespace Trpo.Estimators.Shards;

/// <summary>The values of a baseline that another process asks: they are handed out in the order in which the shard asks for them.</summary>
/// <param name="name">The name of the baseline in messages.</param>
internal sealed class GivenValues(string name) : IValueFunction
{
    private ReadOnlyMemory<double> _left;

    /// <summary>The name of the baseline in messages.</summary>
    public string Name => name;

    /// <summary>Gives the values of the next estimation.</summary>
    public void Give(ReadOnlyMemory<double> values) => _left = values;

    /// <exception cref="InvalidDataException">Fewer values were given.</exception>
    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        if (values.Length > _left.Length)
            throw new InvalidDataException(FormattableString.Invariant($"There are {_left.Length} values of {name} left, but {values.Length} more observations."));
        _left.Span[..values.Length].CopyTo(values);
        _left = _left[values.Length..];
    }

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets) => throw new InvalidOperationException("The baseline is fitted where it is.");
}
