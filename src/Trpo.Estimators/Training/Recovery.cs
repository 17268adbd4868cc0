using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Health;

namespace Trpo.Estimators.Training;

/// <summary>The last state in which training was well, to go back to when it is ill.</summary>
internal sealed class Recovery(HealthOptions options) : ICheckpointable
{
    /// <summary>Every how many iterations a state is remembered.</summary>
    public const int Iterations = 10;

    private byte[] _well = [];

    /// <summary>How often training has gone back.</summary>
    public int Count { get; private set; }

    /// <summary>What the radius of the trust region is multiplied by.</summary>
    public double Factor => Math.Pow(options.RecoveryFactor, Count);

    /// <summary>Whether it can go back, once more.</summary>
    public bool IsPossible => IsAllowed && _well.Length > 0;

    private bool IsAllowed => Count < options.MaxRecoveries;

    /// <summary>Remembers a state in which all is well before an iteration, where it may be needed: the first, and then one in every few iterations.</summary>
    public void Remember(int iteration, Action<CheckpointContent> save)
    {
        if (!IsAllowed || (_well.Length > 0 && (iteration - 1) % Iterations != 0))
            return;
        var content = new CheckpointContent();
        save(content);
        _well = content.ToArray();
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
        writer.WriteSpan<byte>(_well);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Count = reader.ReadInt32(0, int.MaxValue, "The number of recoveries");
        _well = reader.ReadArray<byte>("bytes of the last state in which training was well");
        if (_well.Length > 0)
            CheckpointContent.Of(_well);
    }
}
