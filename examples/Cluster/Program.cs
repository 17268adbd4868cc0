using System.CommandLine;
using System.Net;
using Trpo.Examples.Cluster;

// Joining: silos and clients have the same options.
var cluster = new Option<string>("--cluster") { Description = "The identifier of the cluster.", DefaultValueFactory = _ => "trpo-reactor" };
var redis = new Option<string?>("--redis") { Description = "The Redis server that lists the silos, such as localhost:6379. Its password is that of the environment variable REDIS_PASSWORD, if there is one. Without a server, the silos are on this machine." };
var certificate = new Option<string?>("--certificate") { Description = "The file of a certificate that all processes of the cluster have: connections are encrypted, and others are refused. The command 'certificate' creates one." };
var microseconds = new Option<int>("--microseconds") { Description = "The time that each step of the simulator computes for.", DefaultValueFactory = _ => 1_000 };

var seed = new Option<int>("--seed") { Description = "The seed of all randomness.", DefaultValueFactory = _ => 1 };
var steps = new Option<int>("--steps") { Description = "The number of environment steps to train for.", DefaultValueFactory = _ => 40_000 };
var shards = new Option<int>("--shards") { Description = "The number of shards: at most so many processors can help.", DefaultValueFactory = _ => 2 };
var perWorker = new Option<int>("--shards-per-worker") { Description = "The number of shards that one worker runs.", DefaultValueFactory = _ => 1 };
var compare = new Option<int>("--compare") { Description = "The number of steps of a training that is done on the cluster and in this process, to compare the policies; 0 for none.", DefaultValueFactory = _ => 4_096 };
var folder = new Option<DirectoryInfo>("--out") { Description = "The folder for the policy and the checkpoints.", DefaultValueFactory = _ => new DirectoryInfo("artifacts/cluster") };
var resume = new Option<bool>("--resume") { Description = "Resume an interrupted training with the same settings, if there is one. Without this option, a training in the folder is replaced." };
var gateways = new Option<int[]>("--gateways") { Description = "The ports for clients of silos on this machine, without a Redis server.", DefaultValueFactory = _ => [30_000], AllowMultipleArgumentsPerToken = true };
var patience = new Option<int>("--patience") { Description = "The seconds after which a process gives up that could not join.", DefaultValueFactory = _ => 30 };
var silos = new Option<int>("--silos") { Description = "The number of silos to start.", DefaultValueFactory = _ => 2 };

var address = new Option<string>("--address") { Description = "The address at which the other processes of the cluster reach this silo.", DefaultValueFactory = _ => "127.0.0.1" };
var port = new Option<int>("--port") { Description = "The port for silos.", DefaultValueFactory = _ => 11_111 };
var gateway = new Option<int>("--gateway") { Description = "The port for clients.", DefaultValueFactory = _ => 30_000 };
var primary = new Option<int>("--primary") { Description = "The port of the first silo of this machine, without a Redis server.", DefaultValueFactory = _ => 11_111 };
var capacity = new Option<int?>("--capacity") { Description = "The number of shards that the silo takes; the number of processors by default." };
var health = new Option<int?>("--health-port") { Description = "A port for health probes at /health." };
var dashboard = new Option<int?>("--dashboard") { Description = "A port of this machine for Orleans' dashboard in a browser. It asks for no password, and other machines do not reach it." };
var attached = new Option<bool>("--attached") { Description = "Stop when the input ends.", Hidden = true };

var output = new Argument<FileInfo>("file") { Description = "The file, which must not exist yet." };
var days = new Option<int>("--days") { Description = "The number of days that the certificate is valid for.", DefaultValueFactory = _ => 365 };

foreach (var (option, min, max) in new (Option<int>, int, int)[] { (microseconds, 0, int.MaxValue), (seed, 0, int.MaxValue), (steps, 1, int.MaxValue), (shards, 1, 1_024), (compare, 0, int.MaxValue), (patience, 1, 86_400), (silos, 1, 1_000), (days, 1, 36_500) })
    option.RequireBetween(min, max);
foreach (var option in new Option[] { port, gateway, primary, gateways, health, dashboard })
    option.RequireBetween(1, IPEndPoint.MaxPort);
capacity.RequireBetween(1, 65_536);
perWorker.RequirePowerOfTwo(1_024);
address.Validators.Add(result =>
{
    if (result.Tokens is [{ Value: var text }] && !IPAddress.TryParse(text, out _))
        result.AddError($"--address must be an IP address, but is '{text}'.");
});

var root = new RootCommand("Trains a policy in a slow simulator, in silos of an Orleans cluster. Without a command, starts silos on this machine in processes of their own, trains in them, and stops them.")
{
    cluster, certificate, microseconds, seed, steps, shards, perWorker, compare, folder, resume, patience, silos,
};
SetAction(root, async (parsed, cancellation) =>
{
    var settings = Training(parsed);
    using var started = await LocalSilos.StartAsync(parsed.GetValue(silos), settings.Membership, settings.StepTime, cancellation);
    Console.WriteLine($"In another terminal, {WorkersCommand(settings.Membership, started.Gateways[0])} lists the workers.");
    return await TrainingProgram.RunAsync(settings with { Gateways = started.Gateways }, cancellation);
});

var silo = new Command("silo", "Runs a silo until it is interrupted.") { cluster, redis, certificate, microseconds, address, port, gateway, primary, capacity, health, dashboard, patience, attached };
SetAction(silo, async (parsed, cancellation) =>
{
    await SiloProgram.RunAsync(
        new SiloSettings(
            Membership(parsed), StepTime(parsed), parsed.GetValue(capacity), IPAddress.Parse(parsed.GetValue(address)!), parsed.GetValue(port), parsed.GetValue(gateway), parsed.GetValue(primary), parsed.GetValue(health), parsed.GetValue(dashboard), TimeSpan.FromSeconds(parsed.GetValue(patience)), parsed.GetValue(attached)),
        cancellation);
    return 0;
});

var train = new Command("train", "Trains in the silos of a cluster.") { cluster, redis, certificate, microseconds, seed, steps, shards, perWorker, compare, folder, resume, gateways, patience };
SetAction(train, (parsed, cancellation) => TrainingProgram.RunAsync(Training(parsed), cancellation));

var list = new Command("workers", "Lists the silos of a cluster and the blocks of shards that they run.") { cluster, redis, certificate, gateways, patience };
SetAction(list, (parsed, cancellation) =>
    ClusterClient.UseAsync(Membership(parsed), parsed.GetValue(gateways) ?? [], TimeSpan.FromSeconds(parsed.GetValue(patience)), client => WorkersProgram.RunAsync(client, cancellation), cancellation));

var create = new Command("certificate", "Creates a self-signed certificate for the processes of a cluster.") { output, days };
SetAction(create, (parsed, _) =>
{
    Certificates.Create(parsed.GetValue(output)!.FullName, parsed.GetValue(days));
    Console.WriteLine($"Wrote {parsed.GetValue(output)}. Whoever can read it can join the cluster.");
    return Task.FromResult(0);
});
root.Add(silo);
root.Add(train);
root.Add(list);
root.Add(create);

// The signals of an attached silo are those of its lifetime.
var command = root.Parse(args);
return await command.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = command.GetValue(attached) ? null : TimeSpan.FromSeconds(30) });

// The tool trpo connects without TLS.
static string WorkersCommand(Membership membership, int gateway) => FormattableString.Invariant(membership.Certificate is null
    ? $"'trpo workers --gateway 127.0.0.1:{gateway} --cluster {membership.ClusterId} --service {membership.ClusterId}'"
    : (FormattableString)$"'Cluster workers --gateways {gateway} --cluster {membership.ClusterId} --certificate {membership.Certificate}'");

Membership Membership(ParseResult parsed) => new(parsed.GetValue(cluster)!, parsed.GetValue(redis), Environment.GetEnvironmentVariable("REDIS_PASSWORD"), parsed.GetValue(certificate));

TimeSpan StepTime(ParseResult parsed) => TimeSpan.FromMicroseconds(parsed.GetValue(microseconds));

TrainingSettings Training(ParseResult parsed) => new(
    Membership(parsed),
    parsed.GetValue(gateways) ?? [],
    StepTime(parsed),
    parsed.GetValue(steps),
    parsed.GetValue(shards),
    parsed.GetValue(perWorker),
    parsed.GetValue(compare),
    parsed.GetValue(seed),
    parsed.GetValue(folder)!,
    parsed.GetValue(resume),
    TimeSpan.FromSeconds(parsed.GetValue(patience)));

// Ctrl-C cancels the token. What cannot be done is said in a line; faults of this program show where they are.
static void SetAction(Command command, Func<ParseResult, CancellationToken, Task<int>> run) => command.SetAction(async (parsed, cancellation) =>
{
    try
    {
        return await run(parsed, cancellation);
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        return TrainingProgram.Interrupted;
    }
    catch (Exception exception) when (Failures.AreExpected(exception))
    {
        Console.Error.WriteLine(Failures.Describe(exception));
        return 1;
    }
});
