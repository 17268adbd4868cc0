using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>The differentiation of a <see cref="CandidateModel"/>: that of its perceptron on the candidates that exist, all in one batch. Other candidates have the output 0 and no derivative.</summary>
/// <param name="scorer">The perceptron.</param>
/// <param name="model">The model, of the same perceptron.</param>
internal sealed class CandidateNetwork(IDifferentiableNetwork scorer, CandidateModel model) : IDifferentiableNetwork
{
    private readonly Batch _linearized = new(model);
    private readonly Batch _evaluated = new(model);

    /// <summary>Gets the differentiation of the perceptron.</summary>
    public IDifferentiableNetwork Scorer => scorer;

    /// <inheritdoc/>
    public int Outputs => model.Candidates;

    /// <inheritdoc/>
    public INetworkModel Model => model;

    /// <inheritdoc/>
    public IParameterVector Parameters => scorer.Parameters;

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => scorer.Assign(parameters);

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        _evaluated.Read(inputs);
        scorer.Evaluate(_evaluated.Inputs, _evaluated.Values);
        _evaluated.Scatter(outputs);
    }

    /// <inheritdoc/>
    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        _linearized.Read(inputs);
        scorer.Linearize(_linearized.Inputs, _linearized.Values);
        _linearized.Scatter(outputs);
    }

    /// <inheritdoc/>
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        scorer.Product(vector, _linearized.Values);
        _linearized.Scatter(tangents);
    }

    /// <inheritdoc/>
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        _linearized.Gather(cotangents);
        scorer.TransposeProduct(_linearized.Values, gradient);
    }

    /// <inheritdoc/>
    public void Dispose() => scorer.Dispose();

    /// <summary>The candidates that exist in a batch of rows, in memory that is kept.</summary>
    private sealed class Batch(CandidateModel model)
    {
        private float[] _inputs = [];
        private double[] _values = [];
        private int[] _places = [];
        private int _count;

        /// <summary>Gets the inputs of the perceptron, <c>[K, c + d]</c>.</summary>
        public ReadOnlySpan<float> Inputs => _inputs.AsSpan(0, _count * (model.Context + model.Features));

        /// <summary>Gets a value for each candidate, <c>[K]</c>.</summary>
        public Span<double> Values => _values.AsSpan(0, _count);

        /// <summary>Reads the candidates of rows.</summary>
        /// <exception cref="ArgumentException">No row has a candidate.</exception>
        public void Read(ReadOnlySpan<float> rows)
        {
            var (width, places) = (model.Context + model.Features, rows.Length / model.Length * model.Candidates);
            if (_values.Length < places)
                (_inputs, _values, _places) = (new float[checked(places * width)], new double[places], new int[places]);
            _count = 0;
            for (var place = 0; place < places; place++)
            {
                var row = rows.Slice(place / model.Candidates * model.Length, model.Length);
                var candidate = place % model.Candidates;
                if (!(row[model.Length - model.Candidates + candidate] > 0.5f))
                    continue;
                var input = _inputs.AsSpan(_count * width, width);
                row[..model.Context].CopyTo(input);
                row.Slice(model.Context + (candidate * model.Features), model.Features).CopyTo(input[model.Context..]);
                _places[_count++] = place;
            }

            if (_count == 0)
                throw new ArgumentException($"None of {rows.Length / model.Length} rows has a candidate.", nameof(rows));
        }

        /// <summary>Copies the values to the places of the candidates in <c>[N, M]</c>, with 0 elsewhere.</summary>
        public void Scatter(Span<double> outputs)
        {
            outputs.Clear();
            for (var i = 0; i < _count; i++)
                outputs[_places[i]] = _values[i];
        }

        /// <summary>Copies the values from the places of the candidates in <c>[N, M]</c>.</summary>
        public void Gather(ReadOnlySpan<double> outputs)
        {
            for (var i = 0; i < _count; i++)
                _values[i] = outputs[_places[i]];
        }
    }
}
