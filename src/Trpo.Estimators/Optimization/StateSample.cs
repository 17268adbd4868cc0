namespace Trpo.Estimators.Optimization;

/// <summary>Evenly spaced rows of a batch: curvature needs fewer of them than the gradient does (Schulman et al. 2015, appendix C.1).</summary>
internal sealed class StateSample(int rows, double fraction)
{
    private float[] _observations = [];
    private double[] _memory = [];

    /// <summary>The number of rows.</summary>
    public int Count { get; } = Math.Clamp((int)Math.Round(rows * fraction), 1, rows);

    /// <summary>Whether every row is in the sample.</summary>
    public bool IsEverything => Count == rows;

    /// <summary>The place in the batch of a row of the sample.</summary>
    public int Row(int index) => (int)((long)index * rows / Count);

    /// <summary>Copies the observations of the sample.</summary>
    /// <param name="observations">Those of the batch, <c>[rows, d]</c>.</param>
    /// <returns><c>[Count, d]</c>.</returns>
    public ReadOnlySpan<float> Take(ReadOnlySpan<float> observations)
    {
        if (IsEverything)
            return observations;
        var length = observations.Length / rows;
        if (_observations.Length < Count * length)
            _observations = new float[Count * length];
        for (var i = 0; i < Count; i++)
            observations.Slice(Row(i) * length, length).CopyTo(_observations.AsSpan(i * length));
        return _observations.AsSpan(0, Count * length);
    }

    /// <summary>Memory for some values of each row of the sample, which the next caller uses again.</summary>
    public Span<double> Memory(int length)
    {
        if (_memory.Length < Count * length)
            _memory = new double[Count * length];
        return _memory.AsSpan(0, Count * length);
    }
}
