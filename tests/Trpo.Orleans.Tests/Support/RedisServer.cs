using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Trpo.Orleans.Tests.Support;

/// <summary>
/// A Redis server with a password: the one that the environment variable TRPO_REDIS names, as "host:port,password=...", or one that is started on this machine if redis-server is installed.
/// </summary>
internal sealed class RedisServer : IDisposable
{
    private readonly Process? _process;

    private RedisServer(string configuration, Process? process) => (Configuration, _process) = (configuration, process);

    /// <summary>Gets the configuration of connections, with the password.</summary>
    public string Configuration { get; }

    /// <summary>Gets the host and the port.</summary>
    public string Address => Configuration.Split(',')[0];

    /// <summary>Returns a server; ignores the test if there is none.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("TRPO_REDIS") is { Length: > 0 } given)
            return new RedisServer(given, process: null);
        var port = GatewaySilo.FreePorts(1)[0].ToString(CultureInfo.InvariantCulture);
        var password = Guid.NewGuid().ToString("N");
        var start = new ProcessStartInfo("redis-server", ["--port", port, "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no", "--daemonize", "no"]) { RedirectStandardOutput = true };
        try
        {
            var server = new RedisServer($"127.0.0.1:{port},password={password}", Process.Start(start)!);
            while (await server._process!.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)) is { } line)
            {
                if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
                    break;
            }

            Assert.That(server._process.HasExited, Is.False, "redis-server runs.");
            _ = server._process.StandardOutput.ReadToEndAsync();
            return server;
        }
        catch (Win32Exception)
        {
            Assert.Ignore("redis-server is not installed, and TRPO_REDIS names no server.");
            throw;
        }
    }

    public void Dispose()
    {
        _process?.Kill();
        _process?.Dispose();
    }
}
