using System.Diagnostics;
using System.Globalization;
using System.Net;
using Trpo.Tests.Support;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A silo with workers in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    // What a shell reports of a process that was ended by SIGKILL.
    private const int KilledExitCode = 137;

    private readonly Process _process;

    private SiloProcess(Process process, IPEndPoint address) => (_process, Address) = (process, address);

    /// <summary>The address of the silo.</summary>
    public IPEndPoint Address { get; }

    /// <summary>True if the process has killed itself or was killed.</summary>
    public bool IsKilled => _process.HasExited && _process.ExitCode == KilledExitCode;

    /// <inheritdoc cref="StartAsync(string, string, string, int[])"/>
    public static Task<SiloProcess> StartAsync(string cluster, params int[] ports) => StartAsync(cluster, ports[0].ToString(CultureInfo.InvariantCulture), "", ports[1..]);

    /// <summary>Starts a silo, and waits until it is a member of the cluster.</summary>
    /// <param name="cluster">The identifier of the cluster.</param>
    /// <param name="membership">The port of the primary silo, or the configuration of Redis.</param>
    /// <param name="death">The moment at which it kills itself; empty for none.</param>
    /// <param name="ports">The port for silos and that for clients.</param>
    public static async Task<SiloProcess> StartAsync(string cluster, string membership, string death, params int[] ports)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Child.PathOf("Trpo.WorkerSilo"), cluster, membership, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))])
            start.ArgumentList.Add(argument);
        if (death.Length > 0)
            start.Environment["TRPO_KILL"] = death;
        var silo = new SiloProcess(Process.Start(start)!, new IPEndPoint(IPAddress.Loopback, ports[0]));
        try
        {
            Assert.That(await silo._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo("started"));
            return silo;
        }
        catch
        {
            silo.Dispose();
            throw;
        }
    }

    /// <summary>Waits for silos that start side by side. If one fails, the others are ended.</summary>
    public static async Task<SiloProcess[]> AllAsync(params Task<SiloProcess>[] starts)
    {
        try
        {
            return await Task.WhenAll(starts);
        }
        catch
        {
            foreach (var start in starts.Where(start => start.IsCompletedSuccessfully))
                (await start).Dispose();
            throw;
        }
    }

    /// <summary>Ends the process, which learns nothing of it.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
