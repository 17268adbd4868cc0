using Orleans.Concurrency;

namespace Trpo.Orleans.Grains;

/// <summary>A block of shards on a silo. All calls interleave: the work is done on threads of the worker, so that none holds another up.</summary>
[Alias("Trpo.Block")]
internal interface IBlockGrain : IGrainWithStringKey
{
    /// <summary>Starts a request and waits a while for its answer.</summary>
    /// <param name="id">An identifier of the request, so that a repeated call starts nothing.</param>
    /// <param name="request">The request.</param>
    /// <param name="cancellation">Ends the wait; the request stays at work.</param>
    /// <returns>The answer; null if there is none yet.</returns>
    [Alias("Send"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task<Immutable<byte[]?>> Send(Guid id, [Immutable] byte[] request, CancellationToken cancellation);

    /// <summary>Waits a while for the answer of a request that is at work.</summary>
    /// <param name="id">The identifier of the request.</param>
    /// <param name="cancellation">Ends the wait; the request stays at work.</param>
    /// <returns>The answer; null if there is none yet.</returns>
    [Alias("Receive"), AlwaysInterleave, ResponseTimeout("00:01:00")]
    Task<Immutable<byte[]?>> Receive(Guid id, CancellationToken cancellation);

    /// <summary>Answers a question at once.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellation">Ends the call.</param>
    [Alias("Ask"), AlwaysInterleave]
    Task<Immutable<byte[]>> Ask([Immutable] byte[] question, CancellationToken cancellation);

    /// <summary>Ends the worker and deactivates the grain.</summary>
    /// <param name="moved">True if another worker takes the block; false if the training has ended.</param>
    [Alias("End"), AlwaysInterleave, OneWay]
    Task End(bool moved);
}
