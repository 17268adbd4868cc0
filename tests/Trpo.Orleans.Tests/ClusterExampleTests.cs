using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Trpo.Examples.Cluster;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Support;

namespace Trpo.Orleans.Tests;

/// <summary>The example of a cluster, run as it is built, and its excerpts in the documentation.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class ClusterExampleTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Cluster");

    private static readonly string[] Short = ["--microseconds", "20", "--steps", "2048", "--compare", "1024"];

    /// <summary>Gets the program, by an absolute path, which Child.Run takes as it is.</summary>
    internal static string Program
    {
        get
        {
            var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
            return Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Cluster");
        }
    }

    [Test]
    public void Silos_in_processes_of_their_own_train_the_policy_of_one_process()
    {
        using var folder = new TemporaryFolder();
        var certificate = folder.PathOf("cluster.pfx");
        Assert.That(Child.Run(Program, "certificate", certificate).ExitCode, Is.Zero);
        Assert.That(Child.Run(Program, "certificate", certificate).Error, Does.Contain("IOException").And.Contain("already exists"));

        var (exitCode, said, error) = Child.Run(Program, [.. Short, "--certificate", certificate, "--out", folder.FullName]);

        Assert.That(exitCode, Is.Zero, said + error);
        Assert.That(said, Does.Contain("Trained for 2,048 steps").And.Contain("1,024 steps on the cluster and in this process").And.Contain("the same policy, bit for bit"));
        Assert.That(error, Is.Empty);
    }

    [Test]
    [Platform("Linux", Reason = "The signal goes to a group of processes, which setsid creates.")]
    public void Ctrl_C_writes_a_checkpoint_and_ends_the_silos()
    {
        using var folder = new TemporaryFolder();

        // Waits until the outputs are closed, which the silos share. A terminal sends the signal to them too.
        var (exitCode, said, error) = Child.RunGroupUntil(Program, folder.PathOf("checkpoints", "00000001.checkpoint"), "INT", "--microseconds", "20", "--steps", "100000000", "--out", folder.FullName);

        Assert.That(exitCode, Is.EqualTo(130), said + error);
        Assert.That(said, Does.Contain("Interrupted after").And.Contain("--resume"));
        Assert.That(said, Does.Match("'trpo workers --gateway 127\\.0\\.0\\.1:[0-9]+ --cluster trpo-reactor --service trpo-reactor' lists the workers"));
        Assert.That(error, Does.Contain("Training was cancelled").And.Not.Contain("lost"), "The silos ignore it.");
    }

    [Test]
    public void A_cluster_that_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();
        var (exitCode, _, error) = Child.Run(Program, "train", "--gateways", "1", "--patience", "1", "--out", folder.FullName);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.StartWith("TimeoutException: No silo of cluster 'trpo-reactor' has accepted this client for 1 s."));
    }

    [TestCase("train", "--shards-per-worker", "3", "--shards-per-worker must be a power of two from 1 to 1024, but is 3.")]
    [TestCase("train", "--gateways", "70000", "--gateways must be from 1 to 65535, but is 70000.")]
    [TestCase("silo", "--capacity", "0", "--capacity must be from 1 to 65536, but is 0.")]
    [TestCase("silo", "--gateway", "70000", "--gateway must be from 1 to 65535, but is 70000.")]
    public void A_setting_out_of_its_range_is_an_error_of_the_command_line(string command, string option, string value, string message)
    {
        var (exitCode, _, error) = Child.Run(Program, command, option, value);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error.Trim().Split(Environment.NewLine).Distinct(), Is.EqualTo(new[] { message }));
    }

    [Test]
    public void A_port_that_is_taken_is_named()
    {
        var ports = GatewaySilo.FreePorts(2);
        using var listener = new TcpListener(IPAddress.Loopback, ports[1]);
        listener.Start();

        var (exitCode, _, error) = Child.Run(Program, "silo", "--primary", Text(ports[0]), "--port", Text(ports[0]), "--gateway", Text(ports[1]));

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error.Trim(), Is.EqualTo($"IOException: Port {ports[1]} of 127.0.0.1 is taken by another process: choose another one with --gateway."));
    }

    [Test]
    public void A_silo_of_this_machine_that_does_not_start_is_named()
    {
        using var folder = new TemporaryFolder();
        var missing = folder.PathOf("missing.pfx");

        var (exitCode, _, error) = Child.Run(Program, "--certificate", missing, "--out", folder.FullName);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("missing.pfx").And.Match("OrleansException: Silo 1 of 2 \\(ports [0-9]+ and [0-9]+\\) has ended with exit code 1 before it joined the cluster\\."));
    }

    [Test]
    public async Task A_silo_lists_its_workers_and_shows_them_in_the_dashboard_of_Orleans()
    {
        var ports = GatewaySilo.FreePorts(4);
        using var silo = await StartSiloAsync("--primary", Text(ports[0]), "--port", Text(ports[0]), "--gateway", Text(ports[1]), "--dashboard", Text(ports[2]), "--health-port", Text(ports[3]), "--capacity", "3");
        await using var client = await Member.ClientOf(new Membership("trpo-reactor"), ports[1]).StartAsync();
        using var block = client.Client.TrpoWorkers().Transport.Connect("block");
        using var http = new HttpClient();

        Assert.That(() => block.SendAsync([1], default), Throws.InstanceOf<InvalidDataException>(), "The worker has read the message.");
        Assert.That(await http.GetStringAsync($"http://127.0.0.1:{ports[2]}/"), Does.Contain("Orleans Dashboard"));
        Assert.That(() => http.GetStringAsync($"http://127.0.0.1:{ports[2]}/DashboardCounters").GetAwaiter().GetResult(), Does.Contain("Trpo.Orleans.Grains.BlockGrain").After(60_000, 200));
        Assert.That((await http.GetAsync($"http://127.0.0.1:{ports[3]}/DashboardCounters")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound), "Other machines reach the health probe alone.");
        Assert.That(await http.GetStringAsync($"http://127.0.0.1:{ports[3]}/health"), Is.EqualTo("Healthy"));
        Assert.That(Child.Run(Program, "workers", "--gateways", Text(ports[1])).Output, Does.StartWith($"silo 127.0.0.1:{ports[0]}: shards 0 of 3"));
        silo.Kill();
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public async Task A_silo_of_another_process_ignores_Ctrl_C_and_ends_on_SIGTERM()
    {
        var ports = GatewaySilo.FreePorts(2);
        using var silo = await StartSiloAsync("--primary", Text(ports[0]), "--port", Text(ports[0]), "--gateway", Text(ports[1]));
        using (var kill = Process.Start("sh", ["-c", $"kill -INT {silo.Id}; kill -TERM {silo.Id}"]))
            await kill.WaitForExitAsync();

        Assert.That(silo.WaitForExit(TimeSpan.FromSeconds(25)), Is.True, "Its input is still open.");
        Assert.That(silo.ExitCode, Is.Zero);
    }

    private static async Task<Process> StartSiloAsync(params string[] arguments)
    {
        var silo = Process.Start(new ProcessStartInfo("dotnet", [Program + ".dll", "silo", "--attached", .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.That(await silo.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)), Is.EqualTo("joined"));
            return silo;
        }
        catch
        {
            silo.Kill();
            silo.Dispose();
            throw;
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
