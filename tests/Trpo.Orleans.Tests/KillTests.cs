using System.Diagnostics;
using System.Globalization;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Examples.Cluster;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>Silos in processes of their own, listed in Redis, one of which kills itself in a phase of a training. Both are gateways of the client.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class KillTests
{
    private static readonly TrpoOptions Options = new() { TotalSteps = 3_000, StepsPerIteration = 600, FinalStepsPerIteration = 600, HiddenLayers = [8], Seed = 1, Shards = 4 };
    private static readonly TimeSpan MaxRecovery = TimeSpan.FromSeconds(15);

    private readonly Lazy<string> _here = new(() => Run(Options, () => { }).Digest);

    [TestCase("Step 900", TestName = "In_the_middle_of_a_rollout")]
    [TestCase("FisherProduct Policy after 12", TestName = "After_a_Fisher_product_whose_answer_is_lost")]
    public Task A_silo_that_is_killed_changes_no_bit(string death) => RunAsync(death, TimeSpan.FromSeconds(2));

    [TestCase("Begin before 1")]
    [TestCase("Begin after 1")]
    [TestCase("BeginIteration before 3")]
    [TestCase("Collect after 3")]
    [TestCase("Estimate after 3")]
    [TestCase("LinearizeWithGradient Policy before 3")]
    [TestCase("LinearizeWithGradient Policy after 3")]
    [TestCase("FisherProduct Policy before 12")]
    [TestCase("Evaluate Policy before 5")]
    [TestCase("Evaluate Policy after 5")]
    [TestCase("Gradient ValueFunction before 3")]
    [TestCase("Gradient ValueFunction after 3")]
    [TestCase("FisherProduct ValueFunction after 12")]
    [TestCase("Evaluate ValueFunction after 3")]
    public async Task A_silo_that_is_killed_in_any_phase_changes_no_bit(string death)
    {
        if (Environment.GetEnvironmentVariable("TRPO_KILLS") is null)
            Assert.Ignore("TRPO_KILLS is not set: the suite kills in two phases.");
        Assert.That(await RunAsync(death, lossTimeout: null), Is.LessThan(MaxRecovery));
    }

    // Returns the time of the longest iteration. Without a loss timeout, it is the default.
    private async Task<TimeSpan> RunAsync(string death, TimeSpan? lossTimeout)
    {
        using var redis = await RedisServer.StartAsync();
        var cluster = Guid.NewGuid().ToString("N");
        var ports = GatewaySilo.FreePorts(4);
        var silos = await SiloProcess.AllAsync(SiloProcess.StartAsync(cluster, redis.Configuration, death, ports[..2]), SiloProcess.StartAsync(cluster, redis.Configuration, "", ports[2..]));
        using var doomed = silos[0];
        using var survivor = silos[1];
        await using var client = await Member.ClientOf(new Membership(cluster, redis.Configuration)).StartAsync();
        Assert.That(client.CountSilos, Is.EqualTo(2).After(60_000, 50), "Silos hear of each other a little later.");
        var workers = client.PatientWorkers;
        var (watch, last, longest) = (Stopwatch.StartNew(), TimeSpan.Zero, TimeSpan.Zero);

        var there = Run(Options with { Workers = workers with { LossTimeout = lossTimeout ?? workers.LossTimeout } }, () => (last, longest) = (watch.Elapsed, watch.Elapsed - last > longest ? watch.Elapsed - last : longest));

        Assert.That(doomed.IsKilled, Is.True, "The moment has come.");
        Assert.That(there.Digest, Is.EqualTo(_here.Value));
        Assert.That(there.Messages, Has.Some.Contains("Another one took its place"));
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{death}: the longest iteration took {longest.TotalSeconds:F2} s, of {watch.Elapsed.TotalSeconds:F2} s. {string.Join(' ', there.Messages.Where(message => message.Contains("took its place", StringComparison.Ordinal)))}"));
        return longest;
    }

    private static ClusterRun Run(TrpoOptions options, Action reached) => ClusterRun.Train(options, () => new CartPole(), count: 8, reached: _ => reached());
}
