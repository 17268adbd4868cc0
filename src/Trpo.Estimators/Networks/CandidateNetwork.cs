using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>
/// The differentiation of a <see cref="CandidateModel"/>: that of its perceptron on the candidates that exist, some of them at a time. Other candidates have the output 0 and no derivative. Where the activations of a
/// batch would exceed a limit, they are computed again for each product instead of being kept: memory does not grow with the number of candidates beyond, and products take about half as long again.
/// </summary>
internal sealed class CandidateNetwork : IDifferentiableNetwork
{
    /// <summary>The number of candidates that are computed at a time: as many as a kernel sums in single precision, so that parts have the sums of the whole, bit for bit.</summary>
    public const int ChunkLength = 1_024;

    // 64 MiB of single precision.
    private const long MaxKeptActivations = 1 << 24;

    private readonly IDifferentiableNetwork _scorer;
    private readonly CandidateModel _model;
    private readonly CandidateBatch _linearized;
    private readonly CandidateBatch _evaluated;
    private readonly long _maxKept;

    // The batch whose activations are not kept.
    private float[] _rows = [];
    private double[] _partialGradient = [];

    /// <param name="scorer">The perceptron.</param>
    /// <param name="model">The model, of the same perceptron.</param>
    /// <param name="maxKeptActivations">The number of activations of a batch up to which they are kept for the products.</param>
    public CandidateNetwork(IDifferentiableNetwork scorer, CandidateModel model, long maxKeptActivations = MaxKeptActivations)
    {
        (_scorer, _model) = (scorer, model);
        _maxKept = maxKeptActivations / model.ActivationsOfCandidate;
        (_linearized, _evaluated) = (new CandidateBatch(model), new CandidateBatch(model));
    }

    /// <summary>Gets the differentiation of the perceptron.</summary>
    public IDifferentiableNetwork Scorer => _scorer;

    /// <inheritdoc/>
    public int Outputs => _model.Candidates;

    /// <inheritdoc/>
    public INetworkModel Model => _model;

    /// <inheritdoc/>
    public IParameterVector Parameters => _scorer.Parameters;

    private bool IsKept => _linearized.Count <= _maxKept;

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => _scorer.Assign(parameters);

    /// <inheritdoc/>
    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        _evaluated.Find(inputs);
        outputs.Clear();
        for (var start = 0; start < _evaluated.Count; start += ChunkLength)
        {
            var chunk = _evaluated.Read(inputs, start, ChunkLength);
            _scorer.Evaluate(chunk.Inputs, chunk.Values);
            _evaluated.Scatter(start, chunk.Values, outputs);
        }
    }

    /// <inheritdoc/>
    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        _linearized.Find(inputs);
        outputs.Clear();
        if (!IsKept)
        {
            if (_rows.Length != inputs.Length)
                _rows = new float[inputs.Length];
            inputs.CopyTo(_rows);
        }

        for (var start = 0; start < _linearized.Count; start += LengthOfChunk)
        {
            var chunk = _linearized.Read(inputs, start, LengthOfChunk);
            _scorer.Linearize(chunk.Inputs, chunk.Values);
            _linearized.Scatter(start, chunk.Values, outputs);
        }
    }

    /// <inheritdoc/>
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        tangents.Clear();
        for (var start = 0; start < _linearized.Count; start += LengthOfChunk)
        {
            var values = Restore(start);
            _scorer.Product(vector, values);
            _linearized.Scatter(start, values, tangents);
        }
    }

    /// <inheritdoc/>
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        for (var start = 0; start < _linearized.Count; start += LengthOfChunk)
        {
            var values = Restore(start);
            _linearized.Gather(start, cotangents, values);
            if (start == 0)
            {
                _scorer.TransposeProduct(values, gradient);
                continue;
            }

            if (_partialGradient.Length != gradient.Length)
                _partialGradient = new double[gradient.Length];
            _scorer.TransposeProduct(values, _partialGradient);
            TensorPrimitives.Add(gradient, _partialGradient, gradient);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _scorer.Dispose();

    private int LengthOfChunk => IsKept ? _linearized.Count : ChunkLength;

    // Makes a chunk the batch that the products of the perceptron are those of, and returns memory for its values.
    private Span<double> Restore(int start)
    {
        if (IsKept)
            return _linearized.ValuesOf(start, LengthOfChunk);
        var chunk = _linearized.Read(_rows, start, ChunkLength);
        _scorer.Linearize(chunk.Inputs, chunk.Values);
        return chunk.Values;
    }
}
