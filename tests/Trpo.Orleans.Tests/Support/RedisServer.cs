using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using StackExchange.Redis;

namespace Trpo.Orleans.Tests.Support;

/// <summary>
/// A Redis server with a password: the one that the environment variable TRPO_REDIS names, as "host:port,password=...", or one that is started on this machine if redis-server is installed.
/// </summary>
internal sealed class RedisServer : IDisposable
{
    // The server ends with the input of the shell, which this process closes also where it is killed.
    private const string Script = """
        command -v redis-server >/dev/null || { echo missing; exit; }
        redis-server "$@" &
        server=$!
        exec >/dev/null
        cat
        kill $server
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Process? _process;

    private RedisServer(string configuration, Process? process) => (Configuration, _process) = (configuration, process);

    /// <summary>Gets the configuration of connections; with the password, if there is one.</summary>
    public string Configuration { get; }

    /// <summary>Gets the host and the port.</summary>
    public string Address => Configuration.Split(',')[0];

    /// <summary>Returns a server; ignores the test if there is none.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("TRPO_REDIS") is { Length: > 0 } given)
        {
            await CheckAsync(given);
            return new RedisServer(given, process: null);
        }

        return await StartAsync(Guid.NewGuid().ToString("N"));
    }

    /// <summary>Starts a server on this machine; ignores the test if redis-server is not installed.</summary>
    /// <param name="password">The password; empty for none.</param>
    public static async Task<RedisServer> StartAsync(string password)
    {
        var port = GatewaySilo.FreePorts(1)[0].ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("sh", ["-c", Script, "sh", "--port", port, "--bind", "127.0.0.1", "--requirepass", password, "--save", "", "--appendonly", "no", "--daemonize", "no"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            var server = new RedisServer($"127.0.0.1:{port}{(password.Length > 0 ? $",password={password}" : "")}", Process.Start(start)!);
            try
            {
                await server.WaitAsync();
                return server;
            }
            catch
            {
                server.Dispose();
                throw;
            }
        }
        catch (Win32Exception)
        {
            Assert.Ignore("There is no shell to start redis-server, and TRPO_REDIS names no server.");
            throw;
        }
    }

    /// <summary>Throws if the server of a configuration accepts connections without a password, or the configuration has none.</summary>
    public static async Task CheckAsync(string configuration)
    {
        if (string.IsNullOrEmpty(ConfigurationOptions.Parse(configuration).Password) || configuration.Split(',')[0].Split(':') is not [var host, var port])
            throw new InvalidOperationException("TRPO_REDIS must be host:port,password=... of a server with a password.");
        using var client = new TcpClient();
        using var limit = new CancellationTokenSource(Limit);
        await client.ConnectAsync(host, int.Parse(port, CultureInfo.InvariantCulture), limit.Token);
        await client.GetStream().WriteAsync("PING\r\n"u8.ToArray(), limit.Token);
        using var reader = new StreamReader(client.GetStream());
        if (await reader.ReadLineAsync(limit.Token) is var answer && answer?.StartsWith("-NOAUTH", StringComparison.Ordinal) != true)
            throw new InvalidOperationException($"TRPO_REDIS names the server {host}:{port}, which must refuse connections without a password and has answered '{answer}'.");
    }

    public void Dispose()
    {
        if (_process is null)
            return;
        _process.StandardInput.Close();
        _process.WaitForExit(Limit);
        _process.Dispose();
    }

    private async Task WaitAsync()
    {
        var lines = new List<string>();
        while (await _process!.StandardOutput.ReadLineAsync().WaitAsync(Limit) is { } line)
        {
            lines.Add(line);
            if (line == "missing")
                Assert.Ignore("redis-server is not installed, and TRPO_REDIS names no server.");
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                return;
            }
        }

        Assert.Fail($"redis-server has ended: {string.Join(Environment.NewLine, lines)}");
    }
}
