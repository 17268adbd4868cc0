using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Health;

namespace Trpo.Estimators.Training;

/// <summary>The last state in which training was well, to go back to when it is ill.</summary>
internal sealed class Recovery(HealthOptions options) : ICheckpointable
{
    /// <summary>After how many iterations another state is remembered.</summary>
    public const int Iterations = 10;

    // No trust region is smaller than what float32 resolves.
    private const double LeastFactor = 1e-6;

    private byte[] _well = [];
    private int _remembered;

    /// <summary>How often training has gone back.</summary>
    public int Count { get; private set; }

    /// <summary>What the radius of the trust region is multiplied by.</summary>
    public double Factor => Math.Max(Math.Pow(options.RollbackMaxKlFactor, Count), LeastFactor);

    /// <summary>Whether it can go back, once more.</summary>
    public bool IsPossible => Count < options.MaxRollbacks && _well.Length > 0;

    /// <summary>Remembers a state in which all is well before an iteration, if the one that is remembered is ten iterations old.</summary>
    public void Remember(int iteration, Action<CheckpointContent> save)
    {
        if (_well.Length > 0 && iteration < _remembered + Iterations)
            return;
        var content = new CheckpointContent();
        save(content);
        (_well, _remembered) = (content.ToArray(), iteration);
    }

    /// <summary>Goes back.</summary>
    public void GoBack(Action<CheckpointContent> restore)
    {
        Count++;
        restore(CheckpointContent.Of(_well));
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Count);
        writer.Write(_remembered);
        writer.WriteSpan<byte>(_well);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Count = reader.ReadInt32(0, int.MaxValue, "The number of recoveries");
        _remembered = reader.ReadInt32(0, int.MaxValue, "The iteration in which training was well");
        _well = reader.ReadArray<byte>("bytes of the last state in which training was well");
        if (_well.Length > 0)
            CheckpointContent.Of(_well);
    }
}
