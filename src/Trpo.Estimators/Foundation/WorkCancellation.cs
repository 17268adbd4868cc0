using Microsoft.ML.Runtime;
using Trpo.Onnx;

namespace Trpo.Estimators.Foundation;

/// <summary>
/// The cancellation of a work by its caller's token or by its context. A context tells nobody that it is cancelled, so that it is asked between two steps; from then on,
/// <see cref="Token"/> is cancelled too.
/// </summary>
internal sealed class WorkCancellation : IDisposable
{
    private readonly ContextCancellation _context;
    private readonly CancellationTokenSource _source;

    /// <param name="host">The context, or a host of it.</param>
    /// <param name="caller">The token of the caller.</param>
    public WorkCancellation(IHostEnvironment host, CancellationToken caller)
    {
        _context = ContextCancellation.Of(host);
        Caller = caller;
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
    }

    /// <summary>The token of the caller.</summary>
    public CancellationToken Caller { get; }

    /// <summary>The token of the work.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>True if the context or the token was cancelled.</summary>
    public bool IsCancelled
    {
        get
        {
            Ask();
            return Token.IsCancellationRequested;
        }
    }

    /// <summary>Asks the context.</summary>
    public void Ask()
    {
        if (_context.IsCancelled)
            _source.Cancel();
    }

    /// <summary>Throws if the context or the token was cancelled.</summary>
    /// <exception cref="OperationCanceledException">The work is cancelled.</exception>
    public void ThrowIfCancelled()
    {
        ThrowIfContextIsCancelled();
        Caller.ThrowIfCancellationRequested();
    }

    /// <summary>Throws what ML.NET's own trainers throw, if the context was cancelled.</summary>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public void ThrowIfContextIsCancelled()
    {
        Ask();
        _context.ThrowIfCancelled();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
