using System.Runtime.CompilerServices;

namespace Trpo.Estimators.Threading;

/// <summary>
/// The operations by which threads start, wait for one another and see what others wrote. A type that meets other threads through these alone can be run by a scheduler that decides
/// at each operation which thread goes on.
/// </summary>
/// <remarks>
/// As a type parameter that is a struct, an implementation costs nothing: the JIT compiles the generic type for it and inlines the calls. The last parameter of an operation is
/// the expression of its first argument, for the trace of a scheduler.
/// </remarks>
internal interface IThreading
{
    /// <summary>Gets the time, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    long Timestamp { get; }

    /// <summary>Starts a thread that does not keep the process alive.</summary>
    Thread Start(ThreadStart body, string name);

    /// <summary>Waits for the end of a thread.</summary>
    void Join(Thread thread);

    /// <summary>Acquires the lock of <paramref name="gate"/>; use <see cref="ThreadingExtensions.Hold"/> instead.</summary>
    void Enter(object gate, [CallerArgumentExpression(nameof(gate))] string name = "");

    /// <summary>Releases the lock of <paramref name="gate"/>.</summary>
    void Exit(object gate, [CallerArgumentExpression(nameof(gate))] string name = "");

    /// <summary>Releases the lock of <paramref name="gate"/>, waits for a pulse or the end of the time, and acquires the lock again.</summary>
    /// <param name="gate">The gate, whose lock the thread holds.</param>
    /// <param name="timeout">The longest time to wait for a pulse; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="name">The name of the gate.</param>
    /// <returns>True if the thread was pulsed, false if the time is over before.</returns>
    bool Wait(object gate, TimeSpan timeout, [CallerArgumentExpression(nameof(gate))] string name = "");

    /// <summary>Wakes the thread that has waited longest for <paramref name="gate"/>, whose lock the caller holds.</summary>
    void Pulse(object gate, [CallerArgumentExpression(nameof(gate))] string name = "");

    /// <summary>Wakes all threads that wait for <paramref name="gate"/>, whose lock the caller holds.</summary>
    void PulseAll(object gate, [CallerArgumentExpression(nameof(gate))] string name = "");

    /// <summary>Reads a value that other threads write.</summary>
    int Read(ref readonly int location, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Writes a value that other threads read. What was written before is seen by those who read it.</summary>
    void Write(ref int location, int value, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Adds to a value as one operation, and returns the sum.</summary>
    int Add(ref int location, int value, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Replaces a value as one operation, and returns the earlier one.</summary>
    int Exchange(ref int location, int value, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Spins once while waiting for another thread.</summary>
    /// <param name="spin">The state of the wait.</param>
    /// <param name="limit">The number of spins after which the thread should sleep instead.</param>
    /// <returns>False if the thread has spun enough; it has not spun then.</returns>
    bool Spin(ref SpinWait spin, int limit);
}
