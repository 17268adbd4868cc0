using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Workers;

/// <summary>Warnings of a training on workers: those of one process, once for all shards, and short ones of lost workers.</summary>
public sealed class WorkerWarningTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 600, StepsPerIteration = 200, FinalStepsPerIteration = 200, HiddenLayers = [4], Seed = 1, Shards = 4 };

    [Test]
    public void An_episode_that_reaches_the_limit_gives_one_warning_that_of_one_process([Values(1, 2)] int perWorker, [Values] bool isLost)
    {
        var here = Warnings(null, () => new Endless());
        var there = Warnings(perWorker, () => new Endless(), deliver: isLost ? LosesAll(after: 20) : null);

        Assert.That(here, Has.Exactly(1).Contains("episodeStepLimit"));
        Assert.That(there.Where(warning => warning.Contains("episodeStepLimit", StringComparison.Ordinal)), Is.EqualTo(here));
        if (!isLost)
            Assert.That(there, Is.EqualTo(here));
    }

    [Test]
    public void Slots_that_the_transforms_keep_constant_give_one_warning_that_of_one_process([Values(1, 2)] int perWorker, [Values] bool isLost)
    {
        Func<MLContext, IEstimator<ITransformer>> normalizer = ml => ml.Transforms.NormalizeMeanVariance("Observation");
        Func<IEnvironment> door = () => new TimeLimit(new Door(), 50);
        var here = Warnings(null, door, normalizer);
        var there = Warnings(perWorker, door, normalizer, isLost ? LosesAll(after: 20) : null);

        Assert.That(here, Has.Count.EqualTo(1).And.One.Contains("is constant in slot 'door' (in [0, 20] in the environment)"));
        Assert.That(there.Where(warning => warning.Contains("is constant in", StringComparison.Ordinal)), Is.EqualTo(here));
    }

    [Test]
    public void The_warning_of_a_lost_worker_has_the_first_line_of_the_failure()
    {
        var (left, ended) = (20, new EndedProcesses($"The silo is gone. {new string('x', 2_000)}\r\n   at Orleans.Somewhere.Deep()\n   at Orleans.Deeper()"));
        var warnings = Warnings(1, () => new CartPole(), ended: ended, deliver: (connection, send) =>
        {
            if (Interlocked.Decrement(ref left) == 0)
                ended.End(connection);
            ended.ThrowIfEnded(connection);
            return send();
        });

        Assert.That(warnings, Has.Some.Contains("was lost").And.Contains("The silo is gone. xxx"));
        Assert.That(warnings, Has.None.Contains("Orleans.").And.None.Contains("\n"));
        Assert.That(warnings.Select(warning => warning.Length), Is.All.LessThan(800));
    }

    // The workers of all blocks are lost, once each, in the middle of the training.
    private static Func<LocalTransport.LocalConnection, Func<Task<byte[]>>, Task<byte[]>> LosesAll(int after)
    {
        var requests = new Dictionary<LocalTransport.LocalConnection, int>();
        return (connection, send) =>
        {
            lock (requests)
            {
                requests[connection] = requests.GetValueOrDefault(connection) + 1;
                if (requests[connection] == after)
                    connection.Lose();
            }

            return send();
        };
    }

    private static List<string> Warnings(
        int? perWorker, Func<IEnvironment> factory, Func<MLContext, IEstimator<ITransformer>>? pipeline = null, Func<LocalTransport.LocalConnection, Func<Task<byte[]>>, Task<byte[]>>? deliver = null, EndedProcesses? ended = null)
    {
        var (ml, warnings) = (new MLContext(1), new List<string>());
        ml.Log += (_, log) =>
        {
            if (log.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning && log.Source.Contains(nameof(TrpoEstimator), StringComparison.Ordinal))
                warnings.Add(log.RawMessage);
        };
        using var transport = new LocalTransport(new WorkerRegistry().AddEnvironment(factory().Name, factory))
        {
            Deliver = (connection, _, send) => deliver?.Invoke(connection, send) ?? send(),
            DeliverQuestion = (connection, ask) =>
            {
                ended?.ThrowIfEnded(connection);
                return Task.FromResult(ask());
            },
            Move = (ended ?? new EndedProcesses("")).Move,
        };
        var workers = perWorker is { } count ? new TrainingWorkers { Transport = transport, ShardsPerWorker = count, HeartbeatInterval = TimeSpan.FromMilliseconds(5) } : null;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 5, rows: 20, episodeStepLimit: 30);
        var data = pipeline is null ? view : pipeline(ml).Fit(view).Transform(view);
        warnings.Clear();
        ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Workers = workers }).Fit(data).Dispose();
        return warnings;
    }

    /// <summary>An environment whose episodes never end, which declares no limit.</summary>
    private sealed class Endless : IEnvironment
    {
        private int _steps;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1);

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("off", "on");

        public void Reset(int? seed, Span<float> observation) => observation[0] = _steps = 0;

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            observation[0] = (++_steps % 7) / 7f;
            return new StepResult(action.Index);
        }
    }

    /// <summary>An environment with a number of which a normalizer that was fitted on 20 steps sees nothing.</summary>
    private sealed class Door : IEnvironment, ICheckpointable
    {
        private int _steps;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2, "step", "door");

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("off", "on");

        public void Reset(int? seed, Span<float> observation) => Observe(0, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Observe(_steps + 1, observation);
            return new StepResult(action.Index);
        }

        public void SaveState(BinaryWriter writer) => writer.Write(_steps);

        public void RestoreState(BinaryReader reader) => _steps = reader.ReadInt32();

        private void Observe(int step, Span<float> observation)
        {
            _steps = step;
            (observation[0], observation[1]) = ((step % 5) / 5f, Math.Max(0, step - 20));
        }
    }
}
