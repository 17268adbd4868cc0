using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Health;

namespace Trpo.Estimators.Resuming;

/// <summary>The last healthy state of a training, to roll back to when it diverges.</summary>
internal sealed class Rollback(HealthOptions options) : ICheckpointable
{
    /// <summary>The number of iterations after which the state is replaced by a newer one.</summary>
    public const int Interval = 10;

    // Float32 resolves no smaller trust region.
    private const double MinMaxKlFactor = 1e-6;

    private byte[] _state = [];
    private int _iteration;

    /// <summary>The number of rollbacks so far.</summary>
    public int Count { get; private set; }

    /// <summary>The factor on the radius of the trust region after those rollbacks.</summary>
    public double MaxKlFactor => Math.Max(Math.Pow(options.RollbackMaxKlFactor, Count), MinMaxKlFactor);

    /// <summary>True if there is a state to roll back to, and another rollback is allowed.</summary>
    public bool IsPossible => Count < options.MaxRollbacks && _state.Length > 0;

    /// <summary>Keeps a healthy state from before an iteration, if the kept one is <see cref="Interval"/> iterations old.</summary>
    /// <param name="iteration">The iteration that comes next.</param>
    /// <param name="save">Adds the state.</param>
    public void Keep(int iteration, Action<CheckpointContent> save)
    {
        if (_state.Length > 0 && iteration < _iteration + Interval)
            return;
        var content = new CheckpointContent();
        save(content);
        (_state, _iteration) = (content.ToArray(), iteration);
    }

    /// <summary>Restores the kept state.</summary>
    public void Apply(Action<CheckpointContent> restore)
    {
        Count++;
        restore(CheckpointContent.Of(_state));
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(_iteration);
        writer.WriteSpan<byte>(_state);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Count = reader.ReadInt32(0, int.MaxValue, "The number of rollbacks");
        _iteration = reader.ReadInt32(0, int.MaxValue, "The iteration of the last healthy state");
        _state = reader.ReadArray<byte>("bytes of the last healthy state");
    }

    /// <summary>Restores the kept state, if there is one, to find out at once whether that is possible; the caller then restores its own.</summary>
    /// <param name="restore">Restores a state and returns its iteration.</param>
    /// <exception cref="CheckpointException">The kept state is damaged.</exception>
    public void Try(Func<CheckpointContent, int> restore)
    {
        if (_state.Length == 0)
            return;
        try
        {
            if (restore(CheckpointContent.Of(_state)) is var iteration && iteration != _iteration)
                throw new InvalidDataException(FormattableString.Invariant($"It is that of iteration {iteration}, but is kept as that of iteration {_iteration}."));
        }
        catch (Exception exception) when (exception is CheckpointException or InvalidDataException)
        {
            throw new CheckpointException($"The last healthy state of the checkpoint, which training would roll back to, is damaged. {exception.Message}", exception);
        }
    }
}
