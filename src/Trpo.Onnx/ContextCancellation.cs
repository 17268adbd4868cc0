using Microsoft.ML.Runtime;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx;

/// <summary>
/// The cancellation of an <see cref="Microsoft.ML.MLContext"/> by its <c>CancelExecution</c>, which experiments of ML.NET's AutoML call. A context stays cancelled: whatever is fitted with it
/// later is cancelled too.
/// </summary>
/// <remarks>Any number of threads may ask at once.</remarks>
public sealed class ContextCancellation
{
    private readonly Func<bool> _isCancelled;

    private ContextCancellation(Func<bool> isCancelled) => _isCancelled = isCancelled;

    /// <summary>True if the context was cancelled. Costs some nanoseconds and allocates nothing.</summary>
    public bool IsCancelled => _isCancelled();

    /// <summary>Returns the cancellation of a context.</summary>
    /// <param name="environment">The context, or a host that was registered with it.</param>
    public static ContextCancellation Of(IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return new ContextCancellation(MicrosoftMLInternals.CancellationOf(environment));
    }

    /// <summary>Throws what ML.NET's own trainers throw, if the context was cancelled.</summary>
    /// <exception cref="OperationCanceledException">The context was cancelled.</exception>
    public void ThrowIfCancelled()
    {
        if (IsCancelled)
            throw new OperationCanceledException("Operation was canceled.");
    }
}
