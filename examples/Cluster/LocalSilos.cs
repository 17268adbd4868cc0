using System.Diagnostics;
using System.Globalization;

namespace Trpo.Examples.Cluster;

/// <summary>Silos in processes of their own on this machine, which end with this one.</summary>
internal sealed class LocalSilos : IDisposable
{
    private readonly List<Process> _processes = [];

    private LocalSilos(int[] gateways) => Gateways = gateways;

    /// <summary>Gets the ports for clients.</summary>
    public IReadOnlyList<int> Gateways { get; }

    /// <summary>Starts silos and waits until they have joined.</summary>
    /// <param name="count">The number of silos.</param>
    /// <param name="membership">The conditions under which they may join.</param>
    /// <param name="stepTime">The time that each step of the simulator takes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OrleansException">A silo has ended instead.</exception>
    public static async Task<LocalSilos> StartAsync(int count, Membership membership, TimeSpan stepTime, CancellationToken cancellation)
    {
        var ports = Ports.Free(2 * count);
        var silos = new LocalSilos(ports[count..]);
        try
        {
            // The first one knows the others, and must be there before them.
            for (var i = 0; i < count; i++)
            {
                await silos.StartAsync(
                    $"Silo {i + 1} of {count} (ports {ports[i]} and {ports[count + i]})",
                    ["silo", "--attached", "--cluster", membership.ClusterId, "--microseconds", stepTime.TotalMicroseconds.ToString("F0", CultureInfo.InvariantCulture), "--capacity", "1",
                    "--primary", Text(ports[0]), "--port", Text(ports[i]), "--gateway", Text(ports[count + i]), .. membership.Certificate is null ? [] : (string[])["--certificate", membership.Certificate]],
                    cancellation);
            }

            return silos;
        }
        catch
        {
            silos.Dispose();
            throw;
        }
    }

    /// <summary>Closes the inputs of the silos, which end then, and waits for them.</summary>
    public void Dispose()
    {
        foreach (var process in _processes)
            process.StandardInput.Close();
        foreach (var process in _processes)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
                process.Kill();
            process.Dispose();
        }
    }

    private async Task StartAsync(FormattableString silo, string[] arguments, CancellationToken cancellation)
    {
        // "dotnet run" starts the program itself; "dotnet Cluster.dll" does not.
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(typeof(LocalSilos).Assembly.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        _processes.Add(process);
        var joined = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null or SiloProgram.Joined)
                joined.TrySetResult(line.Data is not null);
            else
                Console.WriteLine(line.Data);
        };
        process.BeginOutputReadLine();
        if (!await joined.Task.WaitAsync(cancellation))
        {
            await process.WaitForExitAsync(cancellation);
            throw new OrleansException(FormattableString.Invariant($"{FormattableString.Invariant(silo)} has ended with exit code {process.ExitCode} before it joined the cluster. Its own message is above; if a port was taken in the meantime, start again."));
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
