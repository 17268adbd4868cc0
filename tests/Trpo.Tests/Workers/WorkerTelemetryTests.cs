using System.Diagnostics;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Tests.Support;

namespace Trpo.Tests.Workers;

/// <summary>Traces and meters of trainings whose shards run on workers.</summary>
public sealed class WorkerTelemetryTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 240, StepsPerIteration = 120, FinalStepsPerIteration = 120, HiddenLayers = [4], Seed = 1, Shards = 3 };

    [Test]
    public void The_work_of_every_worker_belongs_to_the_part_of_the_iteration_that_asked_for_it()
    {
        using var heard = new MeteredTraining();
        Train(_ => false);
        var parts = heard.Activities.Where(activity => activity.OperationName.StartsWith("trpo.", StringComparison.Ordinal)).ToDictionary(activity => activity.SpanId);
        var work = heard.Named("trpo.worker").Where(activity => parts.ContainsKey(activity.ParentSpanId)).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(Of("Collect").ConvertAll(ParentOf), Has.Count.EqualTo(6).And.All.EqualTo("trpo.rollout"));
            Assert.That(Of("Estimate").ConvertAll(ParentOf), Has.Count.EqualTo(6).And.All.EqualTo("trpo.advantages"));
            Assert.That(Of("LinearizeWithGradient").ConvertAll(ParentOf), Has.Count.EqualTo(6).And.All.EqualTo("trpo.policy_update"));
            Assert.That(Of("FisherProduct").Select(ParentOf).Distinct(), Is.EquivalentTo(new[] { "trpo.policy_update", "trpo.value_fit" }));
            Assert.That(work.Select(activity => activity.Kind), Is.All.EqualTo(ActivityKind.Server));
        });

        List<Activity> Of(string operation) => work.FindAll(activity => (string?)activity.GetTagItem("trpo.operation") == operation);

        string ParentOf(Activity activity) => parts[activity.ParentSpanId].OperationName;
    }

    [Test]
    public void Steps_and_losses_of_workers_are_counted()
    {
        using var heard = new MeteredTraining();
        TrainWithALoss();

        Assert.That(heard.Of("trpo.worker.steps").Sum(), Is.GreaterThanOrEqualTo(240));
        Assert.That(heard.Of("trpo.worker.losses").Sum(), Is.EqualTo(1));
    }

    /// <summary>Trains on three workers, one of which is lost.</summary>
    internal static void TrainWithALoss() => Train(deliveries => deliveries == 30);

    private static void Train(Func<int, bool> isLost)
    {
        var deliveries = 0;
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole()))
        {
            Deliver = (connection, _, send) =>
            {
                if (isLost(Interlocked.Increment(ref deliveries)))
                    connection.Lose();
                return send();
            },
        };
        ClusterRun.Train(Small with { Workers = new() { Transport = transport } }, () => new CartPole(), count: 3);
    }
}
