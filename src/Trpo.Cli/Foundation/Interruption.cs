using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Trpo.Cli.Foundation;

/// <summary>
/// A handler of Ctrl-C, SIGTERM and SIGHUP while a verb runs: the first signal cancels the verb. Further signals are ignored for a second, and end the process after that.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // Keys repeat, and a terminal, a shell and a supervisor may each pass on one and the same interruption.
    private static readonly TimeSpan BurstDuration = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _announce;
    private long _firstSignal;

    /// <summary>Registers the handler.</summary>
    /// <param name="announce">Tells the user that the first signal was received.</param>
    public Interruption(Action announce)
    {
        _announce = announce;
        _registrations = [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, Handle))];
    }

    /// <summary>Gets a token that the first signal cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Restores the default handling of signals, unless one was received: the rest of a burst must not end a process that is ending in order.</summary>
    public void Dispose()
    {
        if (Interlocked.Read(ref _firstSignal) != 0)
            return;
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        var now = Stopwatch.GetTimestamp();
        var first = Interlocked.CompareExchange(ref _firstSignal, now, 0);
        if (first == 0)
            Cancel();
        else if (Stopwatch.GetElapsedTime(first, now) > BurstDuration)
            ProcessEnd.AtOnce(ExitCode.Interrupted);
    }

    private void Cancel()
    {
        try
        {
            _announce();
        }
        catch (IOException)
        {
            // Where nobody can be told, the verb is cancelled all the same.
        }

        _source.Cancel();
    }
}
