using System.Runtime.InteropServices;

namespace Trpo.Cli.Foundation;

/// <summary>A handler of Ctrl-C and SIGTERM while a verb runs: the first signal cancels the verb, the second ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action _announce;
    private int _signals;

    /// <summary>Registers the handler.</summary>
    /// <param name="announce">Tells the user that the first signal was received.</param>
    public Interruption(Action announce)
    {
        _announce = announce;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle)];
    }

    /// <summary>Gets a token that the first signal cancels.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Restores the default handling of signals.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _signals) > 1)
            Environment.Exit(ExitCode.Interrupted);
        _announce();
        _source.Cancel();
    }
}
