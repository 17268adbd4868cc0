using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Support;

namespace Trpo.Orleans.Tests;

/// <summary>The Redis servers of tests: none is taken for a server with a password that is not, and none is ended that somebody else has started.</summary>
[Platform(Exclude = "Win", Reason = "The script is one of bash.")]
public sealed class RedisServerTests
{
    [Test]
    public async Task The_script_leaves_the_server_of_somebody_else_alone()
    {
        using var foreign = await RedisServer.StartAsync(password: "");
        var taken = foreign.Address.Split(':')[1];
        var free = $"{GatewaySilo.FreePorts(1)[0]}";

        var named = Run($"{taken} {free}");
        var none = Run(taken);

        Assert.That(named, Does.Match($"^127\\.0\\.0\\.1:{free},password=[0-9a-f]{{32}}\n$"));
        Assert.That(none, Is.EqualTo("none\n"));
        Assert.That(await AskAsync(foreign.Address), Is.EqualTo("+PONG"), "The server is still there.");
        Assert.That(() => AskAsync($"127.0.0.1:{free}"), Throws.InstanceOf<SocketException>(), "The script has ended its own.");
    }

    [Test]
    public async Task A_given_server_without_a_password_is_refused()
    {
        using var open = await RedisServer.StartAsync(password: "");
        using var closed = await RedisServer.StartAsync("secret");

        await RedisServer.CheckAsync(closed.Configuration);
        Assert.That(() => RedisServer.CheckAsync(open.Address), Throws.InvalidOperationException.With.Message.StartsWith("TRPO_REDIS must be host:port,password=..."));
        Assert.That(() => RedisServer.CheckAsync($"{open.Address},password=secret"), Throws.InvalidOperationException.With.Message.EndsWith("must refuse connections without a password and has answered '+PONG'."));
    }

    private static string Run(string ports)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "build", "with-redis.sh"), ["sh", "-c", "echo ${TRPO_REDIS:-none}"]) { RedirectStandardOutput = true };
        start.Environment.Remove("TRPO_REDIS");
        start.Environment["TRPO_REDIS_PORTS"] = ports;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
            process.Kill(entireProcessTree: true);
        Assert.That(process.ExitCode, Is.Zero);
        return output.Result;
    }

    private static async Task<string?> AskAsync(string address)
    {
        using var client = new TcpClient();
        var separator = address.LastIndexOf(':');
        await client.ConnectAsync(address[..separator], int.Parse(address[(separator + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("PING\r\n"));
        using var reader = new StreamReader(client.GetStream());
        return await reader.ReadLineAsync();
    }
}
