using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// A running mean and standard deviation of value targets, so that one network fits returns of any size (van Hasselt et al.,
/// "Learning values across many orders of magnitude" (2016)).
/// </summary>
internal sealed class TargetScale : ICheckpointable
{
    // Old batches fade from the statistics, since returns grow as the policy learns.
    private const double MinWeight = 0.05;

    private int _batches;
    private double _meanSquare;

    /// <summary>True before the first batch.</summary>
    public bool IsEmpty => _batches == 0;

    /// <summary>The running mean; 0 before the first batch.</summary>
    public double Mean { get; private set; }

    /// <summary>The running standard deviation; 1 before the first batch and while targets have not varied.</summary>
    public double Deviation { get; private set; } = 1;

    /// <summary>Includes a batch of targets.</summary>
    public void Add(TargetSums targets)
    {
        var weight = Math.Max(1.0 / ++_batches, MinWeight);
        Mean += weight * ((targets.Sum / targets.Count) - Mean);
        _meanSquare += weight * ((targets.SumOfSquares / targets.Count) - _meanSquare);
        var variance = _meanSquare - (Mean * Mean);
        Deviation = variance > 1e-12 * _meanSquare ? Math.Sqrt(variance) : 1;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_batches);
        writer.Write(_meanSquare);
        writer.Write(Mean);
        writer.Write(Deviation);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        _batches = reader.ReadInt32(0, int.MaxValue, "The number of batches");
        (_meanSquare, Mean, Deviation) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        StateSpans.RequireFinite([_meanSquare, Mean, Deviation], "statistics of value targets");
        if (Deviation <= 0)
            throw new InvalidDataException($"The standard deviation of value targets is {Deviation}.");
    }
}
