using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Policies;

/// <summary>
/// Sums over observations since the last <see cref="ObservationNormalizer.Advance"/>, as deviations from the normalizer's mean, which keeps the squares small beside
/// which a variance would be lost. Sums that were collected apart, with copies of one normalizer, add up.
/// </summary>
/// <param name="length">The number of slots that are normalized.</param>
internal sealed class ObservationStatistics(int length) : ICheckpointable
{
    // Observations are numbers in single precision, and so is their mean; the factor covers rounding.
    private const double MaxDeviation = 3.0 * float.MaxValue;

    private readonly double[] _sums = new double[length];
    private readonly double[] _squares = new double[length];

    /// <summary>The number of observations.</summary>
    public long Count { get; private set; }

    /// <summary>The sums of the deviations, <c>[length]</c>.</summary>
    public ReadOnlySpan<double> Sums => _sums;

    /// <summary>The sums of the squared deviations, <c>[length]</c>.</summary>
    public ReadOnlySpan<double> Squares => _squares;

    /// <summary>Adds an observation.</summary>
    /// <param name="observation">Finite values, at least <c>[length]</c>; those behind are ignored.</param>
    /// <param name="mean">The normalizer's mean, <c>[length]</c>.</param>
    public void Add(ReadOnlySpan<float> observation, ReadOnlySpan<double> mean)
    {
        for (var i = 0; i < _sums.Length; i++)
        {
            var deviation = observation[i] - mean[i];
            _sums[i] += deviation;
            _squares[i] += deviation * deviation;
        }

        Count++;
    }

    /// <summary>Adds two sums up.</summary>
    public static ObservationStatistics Merge(ObservationStatistics left, ObservationStatistics right)
    {
        var merged = new ObservationStatistics(left._sums.Length) { Count = left.Count + right.Count };
        for (var i = 0; i < merged._sums.Length; i++)
        {
            merged._sums[i] = left._sums[i] + right._sums[i];
            merged._squares[i] = left._squares[i] + right._squares[i];
        }

        return merged;
    }

    /// <summary>Starts again from nothing.</summary>
    public void Clear()
    {
        Array.Clear(_sums);
        Array.Clear(_squares);
        Count = 0;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.WriteSpan(Sums);
        writer.WriteSpan(Squares);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Count = reader.ReadInt64(0, int.MaxValue, "The number of observations");
        reader.ReadSpan<double>(_sums, "sums of observations");
        StateSpans.RequireWithin(_sums, -Count * MaxDeviation, Count * MaxDeviation, FormattableString.Invariant($"sums of {Count} observations"));
        reader.ReadSpan<double>(_squares, "sums of squared observations");
        StateSpans.RequireWithin(_squares, 0, Count * MaxDeviation * MaxDeviation, FormattableString.Invariant($"sums of {Count} squared observations"));
    }
}
