namespace Trpo.Estimators.Shards.Remote;

/// <summary>The kinds of answers of a worker. The numbers are part of the protocol.</summary>
internal enum AnswerKind : byte
{
    /// <summary>All operations were done; the result of the last one follows.</summary>
    Done = 1,

    /// <summary>An operation failed; its index and a <see cref="WorkerFailure"/> follow.</summary>
    Failed,

    /// <summary>The worker does not have the block of the request, which is to be begun.</summary>
    NotBegun,
}
