using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace Trpo.Examples.Cluster;

/// <summary>The lifetime of a silo that belongs to another process: it stops when its input ends, and on SIGTERM. Ctrl-C, which a terminal sends to both processes, is left to the other one.</summary>
/// <param name="application">Stops the silo.</param>
internal sealed class AttachedLifetime(IHostApplicationLifetime application) : IHostLifetime, IDisposable
{
    private readonly PosixSignalRegistration _interruption = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
    private readonly PosixSignalRegistration _termination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
    {
        signal.Cancel = true;
        application.StopApplication();
    });

    /// <inheritdoc/>
    public Task WaitForStartAsync(CancellationToken cancellationToken)
    {
        _ = StopWithInputAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interruption.Dispose();
        _termination.Dispose();
    }

    // Reads of Console.In keep the thread that they are called on.
    private async Task StopWithInputAsync()
    {
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(Stream.Null);
        application.StopApplication();
    }
}
