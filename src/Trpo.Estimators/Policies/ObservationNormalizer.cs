using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Policies;

/// <summary>
/// Shifts and scales observations to mean 0 and standard deviation 1 by running statistics of what was met, and clips them to
/// [-<see cref="Bound"/>, <see cref="Bound"/>]. The statistics that it applies stand still until <see cref="Advance"/>, so that a policy is the same
/// when it acts and when it is updated. The slots behind the <paramref name="count"/> first, a mask's, are left as they are.
/// </summary>
/// <param name="count">The number of slots to normalize.</param>
/// <param name="length">The number of slots of an observation, <c>d</c>.</param>
internal sealed class ObservationNormalizer(int count, int length) : ICheckpointable
{
    /// <summary>How many standard deviations from the mean an observation is taken to be at most.</summary>
    public const float Bound = 10;

    // Below this share of the mean square, a variance is that of rounding to float32.
    private const double LeastShare = 1e-14;

    private readonly double[] _mean = new double[count];
    private readonly double[] _squares = new double[count];
    private readonly double[] _sums = new double[count];
    private readonly double[] _sumsOfSquares = new double[count];
    private readonly float[] _shift = new float[count];
    private readonly float[] _scale = [.. Enumerable.Repeat(1f, count)];
    private readonly float[] _shiftBefore = new float[count];
    private readonly float[] _scaleBefore = [.. Enumerable.Repeat(1f, count)];
    private long _observed;
    private long _waiting;

    /// <summary>Takes an observation into account from the next <see cref="Advance"/> on.</summary>
    /// <param name="observation">Finite values, <c>[d]</c>.</param>
    public void Observe(ReadOnlySpan<float> observation)
    {
        // Deviations from the present mean keep the squares small beside which a variance would be lost.
        for (var i = 0; i < _sums.Length; i++)
        {
            var deviation = observation[i] - _mean[i];
            _sums[i] += deviation;
            _sumsOfSquares[i] += deviation * deviation;
        }

        _waiting++;
    }

    /// <summary>Applies, from now on, the statistics of everything that was observed.</summary>
    public void Advance()
    {
        _shift.CopyTo(_shiftBefore, 0);
        _scale.CopyTo(_scaleBefore, 0);
        if (_waiting == 0)
            return;
        var total = _observed + _waiting;
        for (var i = 0; i < _sums.Length; i++)
        {
            // Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979), equation 2.1.
            var shift = _sums[i] / total;
            _squares[i] += _sumsOfSquares[i] - (_sums[i] * shift);
            _mean[i] += shift;
            var variance = _squares[i] / total;
            var varies = variance > LeastShare * ((_mean[i] * _mean[i]) + variance);
            _shift[i] = (float)_mean[i];
            _scale[i] = varies ? (float)Math.Min(1 / Math.Sqrt(variance), float.MaxValue) : 1;
        }

        (_observed, _waiting) = (total, 0);
        Array.Clear(_sums);
        Array.Clear(_sumsOfSquares);
    }

    /// <summary>Applies, from now on, what it applied before the last <see cref="Advance"/>: what a policy was updated with last that has not been updated since.</summary>
    public void StepBack()
    {
        _shiftBefore.CopyTo(_shift, 0);
        _scaleBefore.CopyTo(_scale, 0);
    }

    /// <summary>Normalizes a row, <c>[d]</c>.</summary>
    /// <param name="observation">The row.</param>
    /// <param name="normalized">Receives the row's normalized values.</param>
    public void Apply(ReadOnlySpan<float> observation, Span<float> normalized)
    {
        observation[count..].CopyTo(normalized[count..]);
        for (var i = 0; i < count; i++)
            normalized[i] = Math.Clamp((observation[i] - _shift[i]) * _scale[i], -Bound, Bound);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        foreach (var values in (ReadOnlySpan<double[]>)[_mean, _squares, _sums, _sumsOfSquares])
            writer.WriteSpan<double>(values);
        foreach (var values in (ReadOnlySpan<float[]>)[_shift, _scale, _shiftBefore, _scaleBefore])
            writer.WriteSpan<float>(values);
        writer.Write(_observed);
        writer.Write(_waiting);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        foreach (var values in (ReadOnlySpan<double[]>)[_mean, _squares, _sums, _sumsOfSquares])
            reader.ReadSpan<double>(values, "statistics of observations");
        foreach (var values in (ReadOnlySpan<float[]>)[_shift, _scale, _shiftBefore, _scaleBefore])
            reader.ReadSpan<float>(values, "shifts and scales of observations");
        _observed = reader.ReadInt64();
        _waiting = reader.ReadInt64();
        if (_observed < 0 || _waiting < 0)
            throw new InvalidDataException("A number of observations is negative.");
    }

    /// <summary>Adds the same to a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="observation">The name of the observations, <c>float[N, d]</c>.</param>
    /// <returns>The name of the normalized observations.</returns>
    public string Export(OnnxGraphBuilder graph, string observation)
    {
        float[] shift = [.. _shift, .. Enumerable.Repeat(0f, length - count)];
        float[] factor = [.. _scale, .. Enumerable.Repeat(1f, length - count)];
        var mean = graph.Constant("observation_mean", shift, length);
        var scale = graph.Constant("observation_scale", factor, length);
        graph.Node("Sub", "observation_centered", [observation, mean]);
        graph.Node("Mul", "observation_scaled", ["observation_centered", scale]);
        graph.Node("Max", "observation_above", ["observation_scaled", graph.Constant("observation_low", [-Bound], 1)]);
        graph.Node("Min", "observation_normalized", ["observation_above", graph.Constant("observation_high", [Bound], 1)]);
        return "observation_normalized";
    }
}
