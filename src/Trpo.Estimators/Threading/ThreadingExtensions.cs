using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Threading;

/// <summary>A block that holds a lock, over any implementation of <see cref="IThreading"/>.</summary>
internal static class ThreadingExtensions
{
    /// <summary>Acquires the lock of a gate for a <c>using</c> block.</summary>
    public static HeldGate<TThreading> Hold<TThreading>(this TThreading threading, object gate, [CallerArgumentExpression(nameof(gate))] string name = "")
        where TThreading : IThreading => new(threading, gate, name);
}
