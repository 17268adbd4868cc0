using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Trpo.Cli;
using Trpo.Cli.Clusters;
using Trpo.Cli.Foundation;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Cli;

/// <summary>Tests of the verb <c>trpo workers</c>.</summary>
public sealed class WorkersVerbTests
{
    [Test]
    public async Task Silos_and_blocks_are_listed_as_tables_and_as_JSON()
    {
        await using var silo = await GatewaySilo.StartAsync(capacity: 6);
        using var block = silo.Client.TrpoWorkers().Transport.Connect("block");
        await block.SendAsync([1], default);

        var text = Run("workers", "--gateway", silo.Gateway, "--cluster", "a", "--service", "b");
        var json = Run("workers", "--gateway", silo.Gateway, "--cluster", "a", "--service", "b", "--json");

        Assert.That(text.ExitCode, Is.Zero, text.Error);
        var lines = text.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).TrimEnd()).ToArray();
        var root = JsonDocument.Parse(json.Output).RootElement;
        var address = root.GetProperty("silos")[0].GetProperty("address").GetString();
        Assert.That(lines, Is.EqualTo(new[]
        {
            "Cluster 'a' (service 'b'): 1 silo with room for 6 shards; 1 shard in 1 block",
            "",
            "silo capacity shards blocks",
            $"{address} 6 1 1",
            "",
            "silo training environment shards operation steps steps/s restarts begins",
            $"{address} 00000001 walk 4 Collect 100 200 3 1",
            "",
        }));
        var listed = root.GetProperty("silos")[0].GetProperty("blocks")[0];
        Assert.That(root.GetProperty("gateway").GetString(), Is.EqualTo(silo.Gateway));
        Assert.That(listed.GetProperty("training").GetGuid(), Is.EqualTo(new Guid(1, 2, 3, new byte[8])));
        Assert.That(listed.GetProperty("stepsPerSecond").GetDouble(), Is.EqualTo(200));
        Assert.That(text.Error + json.Error, Is.Empty);
    }

    [Test]
    public void A_silo_without_an_answer_and_names_with_escapes_are_shown_as_such()
    {
        TrpoWorkerSilo[] silos =
        [
            new() { Address = "10.0.0.1:11111", Failure = "lost" },
            new() { Address = "10.0.0.2:11111", Capacity = 2, Blocks = [new(), new() { Environment = "[red]\u001b[2J", FirstShard = 2, Shards = 3 }] },
        ];

        var text = WorkersTable.TextOf(WorkersTable.Of(new ClusterGateway("localhost", 1, "a", "b"), silos));

        Assert.That(text, Does.Match("10.0.0.1:11111 +no answer").And.Contain("10.0.0.1:11111 did not answer: lost").And.Contain("[red]\uFFFD[2J").And.Contain("2 to 4"));
        Assert.That(text, Does.Contain("2 silos with room for 2 shards; 3 shards in 2 blocks"));
        Assert.That(text.Contains('\u001b', StringComparison.Ordinal), Is.False, "no escapes reach the terminal");
    }

    [Test]
    public async Task A_watch_looks_again_until_it_is_cancelled()
    {
        await using var silo = await GatewaySilo.StartAsync(capacity: 6);
        var gateway = GatewayOf(silo.Gateway, "a", "b");
        using var connection = ClusterConnection.Open(gateway, TimeSpan.FromMinutes(1), default);
        using var stop = new CancellationTokenSource();
        using var output = new LineCounter(until: 3, stop.Cancel);

        Assert.Catch<OperationCanceledException>(() => new WorkersWatch(connection.GetWorkers, gateway, new Terminal(output, TextWriter.Null), TimeSpan.FromMilliseconds(1)).WriteJson(stop.Token));

        Assert.That(output.Lines, Has.Count.EqualTo(3));
        Assert.That(output.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("silos")[0].GetProperty("capacity").GetInt32()), Is.All.EqualTo(6));
    }

    [Test]
    public void A_watch_shows_a_look_that_fails_and_goes_on()
    {
        var looks = 0;
        using var stop = new CancellationTokenSource();
        using var output = new LineCounter(until: 2, stop.Cancel);
        using var error = new StringWriter();
        var watch = new WorkersWatch(_ => ++looks == 2 ? throw new CommandException("Nobody answers.") : [], new ClusterGateway("localhost", 1, "a", "b"), new Terminal(output, error), TimeSpan.FromMilliseconds(1));

        Assert.Catch<OperationCanceledException>(() => watch.WriteJson(stop.Token));

        Assert.That((looks, output.Lines.Count, error.ToString().TrimEnd()), Is.EqualTo((3, 2, "Nobody answers.")));
        var first = new WorkersWatch(_ => throw new CommandException("Nobody answers."), new ClusterGateway("localhost", 1, "a", "b"), new Terminal(output, error), TimeSpan.FromMilliseconds(1));
        Assert.That(() => first.WriteJson(default), Throws.InstanceOf<CommandException>());
    }

    [Test]
    public async Task An_address_that_says_nothing_leaves_time_for_the_next_one()
    {
        IPEndPoint[] addresses = [new(IPAddress.IPv6Loopback, 1), new(IPAddress.Loopback, 2), new(IPAddress.Loopback, 3)];

        var found = await ClusterConnection.FirstThatAnswersAsync(addresses, TimeSpan.FromMilliseconds(20), ConnectAsync, default);
        var failure = await Assert.ThrowsAsync<TimeoutException>(() => ClusterConnection.FirstThatAnswersAsync(addresses[..1], TimeSpan.FromMilliseconds(20), ConnectAsync, default));

        Assert.That(found, Is.EqualTo(addresses[2]));
        Assert.That(failure!.Message, Is.EqualTo("[::1]:1 gives no answer"));

        static Task ConnectAsync(IPEndPoint address, CancellationToken cancellation) => address.Port switch
        {
            1 => Task.Delay(Timeout.Infinite, cancellation),
            2 => Task.FromException(new SocketException((int)SocketError.ConnectionRefused)),
            _ => Task.CompletedTask,
        };
    }

    [Test]
    public async Task Another_name_of_the_cluster_is_refused_by_the_silo_and_named()
    {
        await using var silo = await GatewaySilo.StartAsync(capacity: 6);

        var attempt = Task.Run(() => ClusterConnection.Open(GatewayOf(silo.Gateway, "other", "b"), TimeSpan.FromSeconds(2), default));

        var error = await Assert.ThrowsAsync<CommandException>(() => attempt.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.That(error!.Message, Does.StartWith($"Cannot connect through gateway {silo.Gateway} of cluster 'other' (service 'b'): ").And.Contain("--cluster and --service"));
    }

    [Test]
    public void A_gateway_that_nobody_listens_to_is_named_with_what_to_do()
    {
        var gateway = $"127.0.0.1:{GatewaySilo.FreePorts(1)[0]}";
        var watch = Stopwatch.StartNew();

        var (exitCode, output, error) = Run("workers", "--gateway", gateway);

        Assert.That(exitCode, Is.EqualTo(ExitCode.UserError));
        Assert.That(output, Is.Empty);
        Assert.That(error, Does.StartWith($"Cannot connect through gateway {gateway} of cluster 'dev' (service 'dev'): ").And.Contain("AddTrpoWorkers").And.Contain("30000"));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(watch.Elapsed, Is.LessThan(ClusterConnection.Timeout), "The refusal of the machine ends the attempt.");
    }

    [Test]
    public async Task A_gateway_that_says_nothing_is_given_up_in_time()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var gateway = GatewayOf(silent.LocalEndpoint.ToString()!, "dev", "dev");

        var attempt = Task.Run(() => ClusterConnection.Open(gateway, TimeSpan.FromSeconds(1), default));

        var error = await Assert.ThrowsAsync<CommandException>(() => attempt.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.That(error!.Message, Does.Contain($"gateway {gateway}").And.Contain("it gave no answer in time"));
    }

    [TestCase("127.0.0.1")]
    [TestCase("127.0.0.1:0")]
    [TestCase("127.0.0.1:65536")]
    [TestCase(":30000")]
    [TestCase("a b:30000")]
    [TestCase("::1:30000")]
    [TestCase("[localhost]:30000")]
    public void A_gateway_that_is_none_is_wrong_usage(string gateway)
    {
        var (exitCode, _, error) = Run("workers", "--gateway", gateway);

        Assert.That(exitCode, Is.EqualTo(ExitCode.WrongUsage));
        Assert.That(error, Does.Contain($"not '{gateway}'"));
    }

    [TestCase("[::1]:30000", "::1", 30_000)]
    [TestCase("silo-1.example.org:1", "silo-1.example.org", 1)]
    public void Gateways_are_read_and_written(string text, string host, int port)
    {
        Assert.That(ClusterGateway.Parse(text), Is.EqualTo((host, port)));
        Assert.That($"{new ClusterGateway(host, port, "a", "b")}", Is.EqualTo(text));
    }

    [Test]
    public void A_machine_that_cannot_be_found_is_named()
    {
        var (exitCode, _, error) = Run("workers", "--gateway", "nowhere.invalid:30000");

        Assert.That(exitCode, Is.EqualTo(ExitCode.UserError));
        Assert.That(error, Does.StartWith("--gateway nowhere.invalid:30000 names a machine that cannot be found: "));
    }

    private static ClusterGateway GatewayOf(string text, string cluster, string service)
    {
        var (host, port) = ClusterGateway.Parse(text)!.Value;
        return new ClusterGateway(host, port, cluster, service);
    }

    private static (int ExitCode, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (CommandLine.Run(arguments, output, error), output.ToString(), error.ToString());
    }

    private sealed class LineCounter(int until, Action reached) : StringWriter
    {
        public List<string> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Lines.Add(value!);
            if (Lines.Count == until)
                reached();
        }
    }
}
