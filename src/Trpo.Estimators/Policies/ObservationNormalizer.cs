using System.Globalization;
using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Policies;

/// <summary>
/// A layer in front of a policy's network that shifts and scales observations to mean 0 and standard deviation 1 by running statistics, and clips them to
/// [-<see cref="Bound"/>, <see cref="Bound"/>]. The shift and scale are constant until <see cref="Advance"/>, so that a policy is the same
/// when it acts and when it is updated. The slots behind the first <paramref name="count"/>, which are a mask's, are not normalized.
/// </summary>
/// <param name="count">The number of slots to normalize.</param>
/// <param name="length">The number of slots of an observation, <c>d</c>.</param>
internal sealed class ObservationNormalizer(int count, int length) : ICheckpointable
{
    /// <summary>The bound of normalized observations, in standard deviations.</summary>
    public const float Bound = 10;

    // Below this share of the mean square, a variance comes from rounding to float32.
    private const double MinShare = 1e-14;

    // Rounding may leave a sum of squared deviations below 0, by less than this share of the mean square.
    private const double RoundingShare = 1e-6;

    // Enough rows for long vectors, few enough to stay in the first-level cache.
    private const int TileRows = 32;

    private readonly double[] _mean = new double[count];
    private readonly double[] _squares = new double[count];
    private readonly float[] _shift = new float[count];
    private readonly float[] _scale = [.. Enumerable.Repeat(1f, count)];
    private readonly float[] _previousShift = new float[count];
    private readonly float[] _previousScale = [.. Enumerable.Repeat(1f, count)];

    // The shift and scale of TileRows whole rows, 0 and 1 at a mask's slots.
    private readonly float[] _shiftTile = new float[TileRows * length];
    private readonly float[] _scaleTile = [.. Enumerable.Repeat(1f, TileRows * length)];
    private long _observed;

    /// <summary>The mean of all observations up to the last <see cref="Advance"/>, <c>[count]</c>.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>The number of observations up to the last <see cref="Advance"/>.</summary>
    public long Observed => _observed;

    /// <summary>Creates empty sums of observations for the next <see cref="Advance"/>.</summary>
    public ObservationStatistics CreateStatistics() => new(count);

    /// <summary>Includes further observations in the statistics that are applied from now on (Chan, Golub and LeVeque 1979, equation 2.1).</summary>
    /// <param name="statistics">The observations since the last call; none of them change the shift and scale.</param>
    public void Advance(ObservationStatistics statistics)
    {
        _shift.CopyTo(_previousShift, 0);
        _scale.CopyTo(_previousScale, 0);
        if (statistics.Count == 0)
            return;
        var total = _observed + statistics.Count;
        for (var i = 0; i < count; i++)
        {
            var shift = statistics.Sums[i] / total;
            _squares[i] += statistics.Squares[i] - (statistics.Sums[i] * shift);
            _mean[i] += shift;
            var variance = _squares[i] / total;
            var varies = variance > MinShare * ((_mean[i] * _mean[i]) + variance);
            _shift[i] = (float)_mean[i];
            _scale[i] = varies ? (float)Math.Min(1 / Math.Sqrt(variance), float.MaxValue) : 1;
        }

        _observed = total;
        FillTiles();
    }

    /// <summary>Takes the statistics of another normalizer, whose last slots are repeated: those of candidates that are alike.</summary>
    /// <param name="other">The normalizer, of <paramref name="first"/> slots and those of one candidate.</param>
    /// <param name="first">The number of slots in front, which are not repeated.</param>
    public void Repeat(ObservationNormalizer other, int first)
    {
        for (var i = 0; i < count; i++)
        {
            var slot = i < first ? i : first + ((i - first) % (other._mean.Length - first));
            (_mean[i], _squares[i], _shift[i], _scale[i]) = (other._mean[slot], other._squares[slot], other._shift[slot], other._scale[slot]);
        }

        _observed = other._observed;
        FillTiles();
    }

    /// <summary>Takes over the shift and scale of a trained policy, as if they were the statistics of a number of observations.</summary>
    /// <param name="shift">The shift, of which the first slots are taken.</param>
    /// <param name="scale">The scale, of which the first slots are taken; positive.</param>
    /// <param name="observations">The number of observations, at least 1.</param>
    public void Begin(ReadOnlySpan<float> shift, ReadOnlySpan<float> scale, int observations)
    {
        for (var i = 0; i < count; i++)
        {
            (_shift[i], _previousShift[i], _mean[i]) = (shift[i], shift[i], shift[i]);
            (_scale[i], _previousScale[i], _squares[i]) = (scale[i], scale[i], observations / ((double)scale[i] * scale[i]));
        }

        _observed = observations;
        FillTiles();
    }

    /// <summary>Applies the shift and scale from before the last <see cref="Advance"/> again: those of the policy's last update, if it was not updated since.</summary>
    public void StepBack()
    {
        _previousShift.CopyTo(_shift, 0);
        _previousScale.CopyTo(_scale, 0);
        FillTiles();
    }

    /// <summary>Normalizes observations.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="normalized">Receives <c>[N, d]</c>.</param>
    public void Apply(ReadOnlySpan<float> observations, Span<float> normalized)
    {
        for (var start = 0; start < observations.Length; start += _shiftTile.Length)
        {
            var block = observations[start..Math.Min(start + _shiftTile.Length, observations.Length)];
            var result = normalized.Slice(start, block.Length);
            TensorPrimitives.Subtract(block, _shiftTile.AsSpan(0, block.Length), result);
            TensorPrimitives.Multiply(result, _scaleTile.AsSpan(0, block.Length), result);
            TensorPrimitives.Max(result, -Bound, result);
            TensorPrimitives.Min(result, Bound, result);
        }
    }

    /// <summary>Adds the normalization to a graph.</summary>
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

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_observed);
        writer.WriteSpan<double>(_mean);
        writer.WriteSpan<double>(_squares);
        foreach (var values in (ReadOnlySpan<float[]>)[_shift, _scale, _previousShift, _previousScale])
            writer.WriteSpan<float>(values);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        // All steps of a training are counted by an int.
        _observed = reader.ReadInt64(0, int.MaxValue, "The number of normalized observations");
        reader.ReadSpan<double>(_mean, "means of observations");
        StateSpans.RequireWithin(_mean, -float.MaxValue, float.MaxValue, "means of observations");
        reader.ReadSpan<double>(_squares, "squared deviations of observations");
        for (var i = 0; i < count; i++)
        {
            var max = 9.0 * float.MaxValue * float.MaxValue * _observed;
            StateSpans.RequireWithin(_squares.AsSpan(i, 1), -RoundingShare * _mean[i] * _mean[i] * _observed, max, FormattableString.Invariant($"squared deviations of {_observed} observations"));
        }

        foreach (var values in (ReadOnlySpan<float[]>)[_shift, _scale, _previousShift, _previousScale])
        {
            reader.ReadSpan<float>(values, "shifts and scales of observations");
            StateSpans.RequireFinite<float>(values, "shifts and scales of observations");
        }

        foreach (var scale in (ReadOnlySpan<float>)[.. _scale, .. _previousScale])
        {
            if (scale <= 0)
                throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"{scale:G6} is among the scales of observations; they must be positive."));
        }

        FillTiles();
    }

    private void FillTiles()
    {
        for (var start = 0; start < _shiftTile.Length; start += length)
        {
            _shift.CopyTo(_shiftTile, start);
            _scale.CopyTo(_scaleTile, start);
        }
    }
}
