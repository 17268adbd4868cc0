using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Examples.Cluster;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>Processes that may not join a cluster, and a cluster that goes on meanwhile.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class AdmissionTests
{
    private static readonly TrpoOptions Options = new() { TotalSteps = 600, StepsPerIteration = 300, FinalStepsPerIteration = 300, HiddenLayers = [8], Seed = 1, Shards = 2 };

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Without_the_certificate_or_the_identifier_nobody_joins()
    {
        using var folder = new TemporaryFolder();
        var (own, other) = (folder.PathOf("own.pfx"), folder.PathOf("other.pfx"));
        Certificates.Create(own, days: 1);
        Certificates.Create(other, days: 1);
        var ports = GatewaySilo.FreePorts(8);
        var membership = new Membership("cluster", Certificate: own);
        await using var silo = await Member.Silo(membership, ports[0], ports[0], ports[1]).StartAsync();
        await using var client = await Member.ClientOf(membership, ports[1]).StartAsync();
        string[][] strangers = [["--cluster", "cluster"], ["--cluster", "cluster", "--certificate", other], ["--cluster", "other", "--certificate", own]];

        var refusals = strangers.Select((stranger, index) => Task.Factory.StartNew(
            () => Refused("2", [.. stranger, "--gateways", Text(ports[1])], [.. stranger, "--primary", Text(ports[0]), "--port", Text(ports[2 + (2 * index)]), "--gateway", Text(ports[3 + (2 * index)])]),
            TaskCreationOptions.LongRunning));

        foreach (var (stranger, (clientError, siloError)) in strangers.Zip(await Task.WhenAll(refusals)))
        {
            Assert.That(clientError, Does.StartWith($"TimeoutException: No silo of cluster '{stranger[1]}' has accepted this client"));

            // The connection is refused, or on a busy machine not accepted in time.
            Assert.That(siloError, Does.StartWith("OrleansMessageRejectionException: ").And.Contain("ConnectionFailedException: "));
        }

        AssertOnlySilo(client);
    }

    [Test]
    public async Task Without_the_password_of_Redis_nobody_joins()
    {
        using var redis = await RedisServer.StartAsync();
        var ports = GatewaySilo.FreePorts(4);
        var membership = new Membership(Guid.NewGuid().ToString("N"), redis.Configuration);
        await using var silo = await Member.Silo(membership, 0, ports[0], ports[1]).StartAsync();
        await using var client = await Member.ClientOf(membership).StartAsync();

        string[] stranger = ["--cluster", membership.ClusterId, "--redis", redis.Address];
        var (clientError, siloError) = Refused("30", stranger, [.. stranger, "--port", Text(ports[2]), "--gateway", Text(ports[3])]);

        Assert.That(new[] { clientError, siloError }, Is.All.StartsWith("RedisConnectionException: ").And.All.Contains("authentication failure"));
        AssertOnlySilo(client);
    }

    [Test]
    public async Task Without_the_certificate_a_silo_that_Redis_lets_in_fails_all_the_same()
    {
        using var redis = await RedisServer.StartAsync();
        using var folder = new TemporaryFolder();
        var (own, other) = (folder.PathOf("own.pfx"), folder.PathOf("other.pfx"));
        Certificates.Create(own, days: 1);
        Certificates.Create(other, days: 1);
        var ports = GatewaySilo.FreePorts(4);
        var membership = new Membership(Guid.NewGuid().ToString("N"), redis.Configuration, Certificate: own);
        await using var silo = await Member.Silo(membership, 0, ports[0], ports[1]).StartAsync();
        await using var client = await Member.ClientOf(membership).StartAsync();

        string[] stranger = ["silo", "--patience", "2", "--cluster", membership.ClusterId, "--redis", redis.Configuration, "--certificate", other, "--port", Text(ports[2]), "--gateway", Text(ports[3])];
        var (exitCode, _, error) = Child.Run(ClusterExampleTests.Program, Limit, new Dictionary<string, string>(), stranger);

        // Orleans may end the process as soon as it reads in the table that the silo is dead.
        Assert.That(exitCode, Is.Not.Zero, error);
        Assert.That(error, Does.Match("(?m)^OrleansClusterConnectivityCheckFailedException: |I have been told I am dead"));
        AssertOnlySilo(client);
    }

    [Test]
    public async Task Another_identifier_in_the_same_Redis_is_another_cluster()
    {
        using var redis = await RedisServer.StartAsync();
        var ports = GatewaySilo.FreePorts(4);
        var membership = new Membership(Guid.NewGuid().ToString("N"), redis.Configuration);
        await using var silo = await Member.Silo(membership, 0, ports[0], ports[1]).StartAsync();
        await using var client = await Member.ClientOf(membership).StartAsync();

        var others = membership with { ClusterId = Guid.NewGuid().ToString("N") };
        await using var other = await Member.Silo(others, 0, ports[2], ports[3]).StartAsync();
        await using var otherClient = await Member.ClientOf(others).StartAsync();

        AssertOnlySilo(client);
        Assert.That((await client.Client.GetTrpoWorkersAsync()).Select(found => found.Address), Is.EqualTo(new[] { $"127.0.0.1:{ports[0]}" }));
        Assert.That((await otherClient.Client.GetTrpoWorkersAsync()).Select(found => found.Address), Is.EqualTo(new[] { $"127.0.0.1:{ports[2]}" }));
    }

    [Test]
    public void A_certificate_that_has_expired_is_no_admission()
    {
        using var folder = new TemporaryFolder();
        var (path, other) = (folder.PathOf("own.pfx"), folder.PathOf("other.pfx"));
        Certificates.Create(path, days: 2);
        Certificates.Create(other, days: 2);
        using var own = Certificates.Load(path);
        using var foreign = Certificates.Load(other);

        Assert.That(AreAccepted(own, 0), Is.True);
        Assert.That(AreAccepted(own, 1.99), Is.True);
        Assert.That(AreAccepted(own, 2.01), Is.False, "expired");
        Assert.That(AreAccepted(own, -1), Is.False, "not valid yet");
        Assert.That(AreAccepted(foreign, 0), Is.False, "another one");

        bool AreAccepted(X509Certificate2 shown, double days) => Certificates.AreEqualAndValid(shown, own, DateTimeOffset.UtcNow.AddDays(days));
    }

    [Test]
    public void The_file_of_an_expired_certificate_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("expired.pfx");
        Certificates.Create(path, days: 0);

        var (exitCode, _, error) = Child.Run(ClusterExampleTests.Program, Limit, new Dictionary<string, string>(), "silo", "--certificate", path, "--primary", Text(GatewaySilo.FreePorts(1)[0]));

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.StartWith($"CryptographicException: The certificate {path} is valid from ").And.Contain("Cluster certificate"));
    }

    // In processes of their own: silos that could not join keep the threads of their process busy.
    private static (string Client, string Silo) Refused(string patience, string[] client, string[] silo)
    {
        var wrong = new Dictionary<string, string> { ["REDIS_PASSWORD"] = "wrong" };
        using var folder = new TemporaryFolder();
        var runs = new[] { ["train", "--patience", patience, "--out", folder.FullName, .. client], (string[])["silo", "--patience", patience, .. silo] }.AsParallel().AsOrdered().Select(arguments => Child.Run(ClusterExampleTests.Program, Limit, wrong, arguments)).ToArray();
        Assert.That(runs.Select(run => run.ExitCode), Is.All.EqualTo(1), runs[0].Output + runs[1].Output);
        return (runs[0].Error, runs[1].Error);
    }

    private static void AssertOnlySilo(Member client)
    {
        Assert.That(client.CountSilos, Is.EqualTo(1).After(60_000, 50));
        Assert.That(Train(Options with { Workers = client.Client.TrpoWorkers() }), Is.EqualTo(Train(Options)));
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string Train(TrpoOptions options) => ClusterRun.Train(options, () => new CartPole(), count: 4).Digest;
}
