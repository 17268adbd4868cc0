namespace Trpo.Estimators.Shards.Remote;

/// <summary>The bits beside the number of a <see cref="ShardOperation"/> in its first byte.</summary>
internal static class OperationFlags
{
    /// <summary>Set in an operation that is replayed and has failed before: its failure is no news.</summary>
    public const byte MayFail = 0x80;
}
