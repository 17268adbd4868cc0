using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Resuming;

/// <summary>The returns of the last episodes.</summary>
/// <param name="size">The number of episodes.</param>
internal sealed class ReturnWindow(int size) : ICheckpointable
{
    private readonly Queue<double> _returns = new(size);

    /// <summary>The mean over the window; NaN before any episode ended.</summary>
    public double Mean => _returns.Count == 0 ? double.NaN : _returns.Average();

    /// <summary>True if as many episodes ended as the window holds.</summary>
    public bool IsFull => _returns.Count == size;

    /// <summary>Adds episodes; the oldest drop out.</summary>
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
        StateSpans.RequireNumbers(returns, "returns");
        _returns.Clear();
        foreach (var value in returns)
            _returns.Enqueue(value);
    }
}
