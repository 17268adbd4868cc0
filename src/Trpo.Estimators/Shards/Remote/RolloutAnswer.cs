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

    /// <summary>Gets the warning of an episode that was truncated because it reached the limit; empty for none.</summary>
    public required string Truncation { get; init; }

    /// <summary>Gets the ranges of the slots of observations in front of the transforms and behind them, those of one shard after another; empty where there are none.</summary>
    public required IReadOnlyList<float[]> SlotRanges { get; init; }

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
            writer.Write(Truncation);
            writer.Write(SlotRanges.Count);
            foreach (var ranges in SlotRanges)
                writer.WriteSpan<float>(ranges);
            writer.WriteSpan<byte>(Snapshot);
        },
        Snapshot.Length + (32 * Episodes.Count) + SlotRanges.Sum(ranges => sizeof(float) * ranges.Length) + 1_024);

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
        return new RolloutAnswer
        {
            IsComplete = isComplete,
            RowCount = rows,
            Episodes = episodes,
            EpisodeEnds = ends,
            Statistics = read,
            Truncation = reader.ReadString(),
            SlotRanges = [.. Enumerable.Range(0, reader.ReadCount(bytesEach: sizeof(int), "ranges of slots")).Select(_ => reader.ReadArray<float>("ranges of slots"))],
            Snapshot = reader.ReadArray<byte>("bytes of a snapshot"),
        };
    }
}
