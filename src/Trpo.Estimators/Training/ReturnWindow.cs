using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>The mean return of the last episodes.</summary>
internal sealed class ReturnWindow(int size) : ICheckpointable
{
    private readonly Queue<double> _returns = new(size);

    /// <summary>The mean over the window; NaN before any episode ended.</summary>
    public double Mean => _returns.Count == 0 ? double.NaN : _returns.Average();

    /// <summary>Whether as many episodes ended as the window holds.</summary>
    public bool IsFull => _returns.Count == size;

    public void Add(IEnumerable<Episode> episodes)
    {
        foreach (var episode in episodes)
        {
            if (IsFull)
                _returns.Dequeue();
            _returns.Enqueue(episode.Return);
        }
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => writer.WriteSpan<double>(_returns.ToArray());

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var returns = reader.ReadArray<double>("returns");
        if (returns.Length > size)
            throw new InvalidDataException($"There are {returns.Length} returns in a window of {size}.");
        if (returns.Any(double.IsNaN))
            throw new InvalidDataException("A return is not a number.");
        _returns.Clear();
        foreach (var value in returns)
            _returns.Enqueue(value);
    }
}
