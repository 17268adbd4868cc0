namespace Trpo.Estimators.Optimization;

/// <summary>Evenly spaced rows of a batch: curvature needs fewer of them than the gradient does (Schulman et al. 2015, appendix C.1).</summary>
/// <param name="rows">The number of rows of the batch.</param>
/// <param name="fraction">The share of the rows, above 0 and up to 1; at least one row is sampled.</param>
internal sealed class RowSample(int rows, double fraction)
{
    private float[] _observations = [];
    private int[] _rows = [];
    private double[] _memory = [];

    /// <summary>The number of sampled rows.</summary>
    public int Count { get; } = CountOf(rows, fraction);

    /// <summary>True if every row is sampled.</summary>
    public bool IsWholeBatch => Count == rows;

    /// <summary>Gets the indices of the sampled rows in the batch.</summary>
    public ReadOnlySpan<int> Rows
    {
        get
        {
            if (_rows.Length == 0)
                _rows = [.. Enumerable.Range(0, Count).Select(index => (int)((long)index * rows / Count))];
            return _rows;
        }
    }

    /// <summary>Returns the number of rows that are sampled.</summary>
    /// <param name="rows">The number of rows of the batch.</param>
    /// <param name="fraction">The share of the rows.</param>
    public static int CountOf(int rows, double fraction) => Math.Clamp((int)Math.Round(rows * fraction), 1, rows);

    /// <summary>Returns the observations of the sampled rows.</summary>
    /// <param name="observations">Those of the batch, <c>[rows, d]</c>.</param>
    /// <returns><c>[Count, d]</c>; memory that the next call overwrites.</returns>
    public ReadOnlySpan<float> Take(ReadOnlySpan<float> observations)
    {
        if (IsWholeBatch)
            return observations;
        var length = observations.Length / rows;
        if (_observations.Length < Count * length)
            _observations = new float[Count * length];
        for (var i = 0; i < Count; i++)
            observations.Slice(Rows[i] * length, length).CopyTo(_observations.AsSpan(i * length));
        return _observations.AsSpan(0, Count * length);
    }

    /// <summary>Returns memory for some values of each sampled row, which the next call overwrites.</summary>
    public Span<double> Memory(int length)
    {
        if (_memory.Length < Count * length)
            _memory = new double[Count * length];
        return _memory.AsSpan(0, Count * length);
    }
}
