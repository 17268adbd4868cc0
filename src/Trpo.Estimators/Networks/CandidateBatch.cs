namespace Trpo.Estimators.Networks;

/// <summary>The candidates that exist in a batch of rows, and memory for the inputs of some of them at a time, which is kept for the next ones.</summary>
/// <param name="model">The model that the rows are inputs of.</param>
internal sealed class CandidateBatch(CandidateModel model)
{
    private float[] _inputs = [];
    private double[] _values = [];
    private int[] _places = [];

    /// <summary>Gets the number of candidates, K.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the candidates of rows.</summary>
    /// <exception cref="ArgumentException">No row has a candidate.</exception>
    public void Find(ReadOnlySpan<float> rows)
    {
        Count = 0;
        for (var row = 0; row < rows.Length / model.Length; row++)
        {
            var mask = rows.Slice((row * model.Length) + model.Length - model.Candidates, model.Candidates);
            for (var candidate = 0; candidate < mask.Length; candidate++)
            {
                if (!(mask[candidate] > 0.5f))
                    continue;
                if (Count == _places.Length)
                    Array.Resize(ref _places, Math.Max(CandidateNetwork.ChunkLength, (int)Math.Min(2L * Count, Array.MaxLength)));
                _places[Count++] = (row * model.Candidates) + candidate;
            }
        }

        if (Count == 0)
            throw new ArgumentException($"None of {rows.Length / model.Length} rows has a candidate.", nameof(rows));
    }

    /// <summary>Reads the inputs of some candidates.</summary>
    /// <param name="rows">The rows of <see cref="Find"/>.</param>
    /// <param name="start">The index of the first candidate.</param>
    /// <param name="maxLength">The maximum number of candidates.</param>
    /// <returns>The inputs of the perceptron, <c>[k, c + d]</c>, and a value for each candidate, <c>[k]</c>, valid until the next call.</returns>
    public Chunk Read(ReadOnlySpan<float> rows, int start, int maxLength)
    {
        var values = ValuesOf(start, maxLength);
        var width = model.Context + model.Features;
        if (_inputs.Length < values.Length * width)
            _inputs = new float[values.Length * width];
        for (var i = 0; i < values.Length; i++)
        {
            var place = _places[start + i];
            var input = _inputs.AsSpan(i * width, width);
            var row = rows.Slice(place / model.Candidates * model.Length, model.Length);
            row[..model.Context].CopyTo(input);
            row.Slice(model.Context + (place % model.Candidates * model.Features), model.Features).CopyTo(input[model.Context..]);
        }

        return new Chunk(_inputs.AsSpan(0, values.Length * width), values);
    }

    /// <summary>Returns memory for a value of each of some candidates, valid until the next call.</summary>
    public Span<double> ValuesOf(int start, int maxLength)
    {
        var length = Math.Min(maxLength, Count - start);
        if (_values.Length < length)
            _values = new double[length];
        return _values.AsSpan(0, length);
    }

    /// <summary>Copies values to the places of their candidates in <c>[N, M]</c>.</summary>
    public void Scatter(int start, ReadOnlySpan<double> values, Span<double> outputs)
    {
        for (var i = 0; i < values.Length; i++)
            outputs[_places[start + i]] = values[i];
    }

    /// <summary>Copies values from the places of their candidates in <c>[N, M]</c>.</summary>
    public void Gather(int start, ReadOnlySpan<double> outputs, Span<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] = outputs[_places[start + i]];
    }

    /// <summary>Some candidates.</summary>
    /// <param name="inputs">The inputs of the perceptron.</param>
    /// <param name="values">A value for each.</param>
    public readonly ref struct Chunk(ReadOnlySpan<float> inputs, Span<double> values)
    {
        /// <summary>Gets the inputs of the perceptron, <c>[k, c + d]</c>.</summary>
        public ReadOnlySpan<float> Inputs { get; } = inputs;

        /// <summary>Gets a value for each candidate, <c>[k]</c>.</summary>
        public Span<double> Values { get; } = values;
    }
}
