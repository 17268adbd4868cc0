using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Estimation;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A running mean and standard deviation of value targets, so that one network fits returns of any size (van Hasselt et al.,
/// "Learning values across many orders of magnitude" (2016)). Neither has an absolute size: targets times a power of two multiply both by it, bit for bit.
/// </summary>
internal sealed class TargetScale : ICheckpointable
{
    // Old batches fade from the statistics, since returns grow as the policy learns.
    private const double MinWeight = 0.05;

    // A smaller deviation beside the mean would divide the rounding of the targets.
    private const double MinShareOfMean = 1e-12;

    // Targets are squared; with a larger mean none could be fitted.
    private const double MaxMean = 1e150;

    private int _batches;
    private double _variance;

    /// <summary>The running mean; that of the last batch while targets have not varied, and 0 before the first batch.</summary>
    public double Mean { get; private set; }

    /// <summary>The running standard deviation; 0 while targets have not varied.</summary>
    public double Deviation { get; private set; }

    /// <summary>Includes a batch of targets.</summary>
    /// <param name="targets">The moments of the targets.</param>
    /// <param name="rounding">The bound of the rounding error of a target: targets that differ by no more are equal.</param>
    public void Add(Moments targets, double rounding)
    {
        // The first batch that varies replaces the constants before it.
        if (Deviation == 0)
            Mean = targets.Mean;
        if (Deviation == 0 && !targets.Varies(rounding))
            return;
        var weight = Math.Max(1.0 / ++_batches, MinWeight);
        var difference = targets.Mean - Mean;
        Mean += weight * difference;
        _variance = ((1 - weight) * (_variance + (weight * difference * difference))) + (weight * targets.Variance);
        Deviation = DeviationOf(_variance, Mean);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_batches);
        writer.Write(Mean);
        writer.Write(_variance);
        writer.Write(Deviation);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        _batches = reader.ReadInt32(0, int.MaxValue, "The number of batches");
        Mean = reader.ReadDouble(-MaxMean, MaxMean, "The mean of value targets");
        _variance = reader.ReadDouble(0, double.MaxValue, "The variance of value targets");
        Deviation = reader.ReadDouble(0, double.MaxValue, "The standard deviation of value targets");

        // Targets that have not varied yet change the mean alone.
        var expected = Deviation == 0 ? Math.Sqrt(_variance) : DeviationOf(_variance, Mean);
        if (Deviation != expected || (_batches == 0 && Deviation > 0))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The standard deviation of value targets is {Deviation:G6} after {_batches} batches, with a variance of {_variance:G6} and a mean of {Mean:G6}."));
    }

    private static double DeviationOf(double variance, double mean) => Math.Max(Math.Sqrt(variance), MinShareOfMean * Math.Abs(mean));
}
