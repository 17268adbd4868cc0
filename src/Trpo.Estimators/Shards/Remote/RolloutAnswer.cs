using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The rollouts of a block, and its state from which it can be begun anew.</summary>
internal sealed record RolloutAnswer
{
    /// <summary>Gets true if the operation came to its end: the rollout is complete, or the environments were restored.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Gets the number of rows of the current rollouts.</summary>
    public required int RowCount { get; init; }

    /// <summary>Gets the episodes that ended, in the order of their ends.</summary>
    public required IReadOnlyList<Episode> Episodes { get; init; }

    /// <summary>Gets the steps that they ended with.</summary>
    public required IReadOnlyList<int> EpisodeEnds { get; init; }

    /// <summary>Gets the sum of the statistics for the normalizer; null where there is none.</summary>
    public required ObservationStatistics? Statistics { get; init; }

    /// <summary>Gets the states of the shards and of their environments.</summary>
    public required byte[] Snapshot { get; init; }

    /// <summary>Writes the answer.</summary>
    public byte[] ToArray() => MessageFormat.Write(
        writer =>
        {
            writer.Write(IsComplete);
            writer.Write(RowCount);
            writer.Write(Episodes.Count);
            for (var i = 0; i < Episodes.Count; i++)
            {
                writer.Write(Episodes[i].Return);
                writer.Write(Episodes[i].Length);
                writer.Write(Episodes[i].Truncated);
                writer.Write(EpisodeEnds[i]);
            }

            writer.Write(Statistics is not null);
            Statistics?.SaveState(writer);
            writer.WriteSpan<byte>(Snapshot);
        },
        Snapshot.Length + (32 * Episodes.Count) + 256);

    /// <summary>Reads an answer.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="statistics">Creates empty statistics.</param>
    /// <exception cref="IOException">The bytes are no such answer.</exception>
    public static RolloutAnswer Of(byte[] bytes, Func<ObservationStatistics?> statistics)
    {
        using var reader = MessageFormat.Open(bytes);
        var (isComplete, rows) = (reader.ReadBoolean(), reader.ReadInt32());
        var count = reader.ReadCount(bytesEach: sizeof(double), "episodes");
        var (episodes, ends) = (new Episode[count], new int[count]);
        for (var i = 0; i < count; i++)
            (episodes[i], ends[i]) = (new Episode(reader.ReadDouble(), reader.ReadInt32(), reader.ReadBoolean()), reader.ReadInt32());
        var read = reader.ReadBoolean() ? statistics() : null;
        read?.RestoreState(reader);
        return new RolloutAnswer { IsComplete = isComplete, RowCount = rows, Episodes = episodes, EpisodeEnds = ends, Statistics = read, Snapshot = reader.ReadArray<byte>("bytes of a snapshot") };
    }
}
