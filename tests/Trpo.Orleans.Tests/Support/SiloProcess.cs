using System.Diagnostics;
using System.Globalization;
using System.Net;
using Trpo.Tests.Support;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A silo with workers in a process of its own.</summary>
internal sealed class SiloProcess : IDisposable
{
    private readonly Process _process;

    private SiloProcess(Process process, IPEndPoint address) => (_process, Address) = (process, address);

    /// <summary>The address of the silo.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts a silo, and waits until it is a member of the cluster.</summary>
    public static async Task<SiloProcess> StartAsync(string cluster, params int[] ports)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[Child.PathOf("Trpo.WorkerSilo"), cluster, .. ports.Select(port => port.ToString(CultureInfo.InvariantCulture))])
            start.ArgumentList.Add(argument);
        var silo = new SiloProcess(Process.Start(start)!, new IPEndPoint(IPAddress.Loopback, ports[1]));
        Assert.That(await silo._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo("started"));
        return silo;
    }

    /// <summary>Ends the process, which learns nothing of it.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
