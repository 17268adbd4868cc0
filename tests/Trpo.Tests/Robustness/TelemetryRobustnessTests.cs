using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Telemetry;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests of traces of stopped and failed trainings.</summary>
public sealed class TelemetryRobustnessTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 400, StepsPerIteration = 100, HiddenLayers = [4] };

    private readonly List<Activity> _started = [];
    private readonly List<Activity> _stopped = [];
    private ActivityListener _listener = null!;

    [SetUp]
    public void Listen()
    {
        _started.Clear();
        _stopped.Clear();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TrpoTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = _started.Add,
            ActivityStopped = _stopped.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [TearDown]
    public void StopListening() => _listener.Dispose();

    [Test]
    public void The_seed_of_a_resumed_training_is_that_of_its_start()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new() { Folder = folder.FullName, Resume = true } };
        Fit(options with { Cancellation = new CancellationToken(canceled: true) }, contextSeed: 1).Dispose();
        using var policy = Fit(options, contextSeed: 2);

        Assert.That($"{_stopped.Last(activity => activity.OperationName == "trpo.train").GetTagItem("trpo.seed")}", Is.EqualTo(policy.Metadata.Provenance["seed"]));
    }

    [Test]
    public void Every_started_activity_is_stopped_even_if_a_part_fails()
    {
        Assert.That(() => Fit(Small with { Baseline = _ => new Failing(), Threads = 1 }, contextSeed: 1), Throws.TypeOf<TimeoutException>());
        Assert.That(_stopped.Select(activity => activity.OperationName), Is.EquivalentTo(_started.Select(activity => activity.OperationName)));
    }

    private static PolicyTransformer Fit(TrpoOptions options, int contextSeed)
    {
        var ml = new MLContext(contextSeed);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1, rows: 10);
        return ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
    }

    private sealed class Failing : IValueFunction
    {
        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => throw new TimeoutException("no answer");

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets) => 0;
    }
}
