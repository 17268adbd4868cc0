using System.Text;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Workers;

namespace Trpo.Tests.Workers;

/// <summary>Trainings that workers cannot run with the result of one process are refused by name before they begin.</summary>
public sealed class WorkerRefusalTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 120, StepsPerIteration = 60, FinalStepsPerIteration = 60, HiddenLayers = [4], Seed = 1, Shards = 2 };

    [Test]
    public void An_environment_that_is_not_registered_is_refused_with_those_that_are() =>
        Assert.That(() => Train(new WorkerRegistry().AddEnvironment("pole", () => new CartPole()).AddEnvironment("hill", () => new MountainCar())),
            Throws.TypeOf<WorkerException>().With.Message.Contains("worker of shard 0").And.Message.Contains("environment 'CartPole' is not registered there; those that are: 'hill', 'pole'").And.Message.Contains("AddEnvironment(\"CartPole\""));

    [Test]
    public void An_environment_of_other_spaces_is_refused_with_both() =>
        Assert.That(() => Train(new WorkerRegistry().AddEnvironment("CartPole", () => new Acrobot())),
            Throws.TypeOf<WorkerException>().With.Message.Contains("other spaces").And.Message.Contains("'joint 1 torque").Or.Message.Contains("time limit 500"));

    [Test]
    public void A_distribution_that_is_not_registered_is_refused() =>
        Assert.That(() => Train(Registry, Small with { Distribution = Softer }, distribution: "softer"), Throws.TypeOf<WorkerException>().With.Message.Contains("distribution 'softer' is not registered there; those that are: none"));

    [Test]
    public void A_distribution_of_another_type_than_the_registered_one_is_refused() =>
        Assert.That(() => Train(Registry.AddDistribution("softer", arguments => ActionDistribution.For(arguments.Actions, 0, false)), Small with { Distribution = Softer }, distribution: "softer"),
            Throws.TypeOf<WorkerException>().With.Message.Contains(nameof(WrappedDistribution)).And.Message.Contains("Register the same parts"));

    [Test]
    public void A_registered_distribution_gives_the_bits_of_one_process()
    {
        var options = Small with { Distribution = Softer };
        var there = Train(Registry.AddDistribution("softer", Softer), options, distribution: "softer");

        Assert.That(there.Digest, Is.EqualTo(ClusterRun.Train(options, () => new CartPole(), count: 4).Digest));
    }

    [Test]
    public void Another_version_of_the_library_and_other_vectors_are_refused_with_both()
    {
        foreach (var (own, advice) in ((string, string)[])[(LibraryVersion.Informational, "use the same version"), (Arithmetic.OfThisProcess, "DOTNET_EnableAVX512=0")])
            Assert.That(() => Train(Registry, patch: (own, Other(own))), Throws.TypeOf<WorkerException>().With.Message.Contains(own).And.Message.Contains(Other(own)).And.Message.Contains(advice));
    }

    [Test]
    public void The_process_that_refuses_is_named_although_others_would_run_the_shards()
    {
        var asked = 0;
        using var transport = new LocalTransport(Registry)
        {
            Deliver = (connection, request, send) =>
            {
                if (!IsThird(connection))
                    return send();
                asked++;
                return connection.Worker.SendAsync(Patched(request, LibraryVersion.Informational, Other(LibraryVersion.Informational)));
            },
            Place = connection => IsThird(connection) ? "silo 10.0.0.3:11111" : "silo 10.0.0.1:11111",
        };

        Assert.That(() => ClusterRun.Train(Small with { Shards = 4, Workers = new() { Transport = transport } }, () => new CartPole(), count: 4),
            Throws.TypeOf<WorkerException>().With.Message.StartsWith("The worker of shard 2 (silo 10.0.0.3:11111) cannot run them: it has version").And.Message.Contains("use the same version"));
        Assert.That(asked, Is.EqualTo(1), "The refusal is not tried again.");

        static bool IsThird(LocalTransport.LocalConnection connection) => connection.Block.EndsWith("-2", StringComparison.Ordinal);
    }

    [Test]
    public void Parts_that_no_worker_can_run_are_refused_by_the_options()
    {
        using var transport = new LocalTransport(Registry);
        var options = Small with { Workers = new() { Transport = transport } };

        Assert.That(() => (options with { Device = "cuda" }).Validate(), Throws.ArgumentException.With.Message.Contains("'cuda'"));
        Assert.That(() => (options with { Distribution = Softer }).Validate(), Throws.ArgumentException.With.Message.Contains("Workers.Distribution"));
        Assert.That(() => (options with { Workers = options.Workers! with { ShardsPerWorker = 3 } }).Validate(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("power of two"));
        Assert.That(() => (options with { Workers = options.Workers! with { LossTimeout = TimeSpan.FromSeconds(0.1) } }).Validate(), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Registry.AddEnvironment("CartPole", () => new CartPole()), Throws.ArgumentException.With.Message.Contains("registered already"));
    }

    private static WorkerRegistry Registry => new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole());

    private static IActionDistribution Softer(DistributionArguments arguments) => new WrappedDistribution(ActionDistribution.For(arguments.Actions, 0, false));

    // A text of the request is replaced on its way, as if another version had sent it.
    private static ClusterRun Train(WorkerRegistry registry, TrpoOptions? options = null, string? distribution = null, (string Old, string New)? patch = null)
    {
        using var transport = new LocalTransport(registry)
        {
            Deliver = (connection, request, send) => patch is var (old, other) ? connection.Worker.SendAsync(Patched(request, old, other)) : send(),
        };
        return ClusterRun.Train((options ?? Small) with { Workers = new() { Transport = transport, Distribution = distribution } }, () => new CartPole(), count: 4);
    }

    private static byte[] Patched(byte[] request, string old, string other)
    {
        var at = request.AsSpan().IndexOf(Encoding.UTF8.GetBytes(old));
        byte[] patched = [.. request];
        if (at >= 0)
            Encoding.UTF8.GetBytes(other).CopyTo(patched, at);
        return patched;
    }

    // As long as the text that it takes the place of, which has its length in front.
    private static string Other(string text) => new('?', text.Length);
}
