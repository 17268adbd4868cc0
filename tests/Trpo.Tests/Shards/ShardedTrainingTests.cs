using System.Collections.Concurrent;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Shards;

/// <summary>Trainings with several shards through <c>Fit</c>: what they accept, which threads they use, and what they leave behind.</summary>
public sealed class ShardedTrainingTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 240, StepsPerIteration = 60, FinalStepsPerIteration = 60, HiddenLayers = [8], Seed = 1, Shards = 2, Threads = 2 };

    [Test]
    public void More_shards_than_environments_are_refused_with_both_numbers() =>
        Assert.That(() => Fit(Small with { Shards = 5 }, count: 4), Throws.ArgumentException.With.Message.Contains("Shards is 5").And.Message.Contains("count of 4").And.Message.Contains("Lower Shards to 4"));

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(1_025)]
    public void A_number_of_shards_out_of_its_range_is_refused(int shards) =>
        Assert.That(() => new TrpoOptions { Shards = shards }.Validate(), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo(nameof(TrpoOptions.Shards)));

    [TestCase(1)]
    [TestCase(64)]
    public void One_row_in_each_shard_trains_with_any_number_of_threads(int threads)
    {
        var iterations = Fit(Small with { TotalSteps = 12, StepsPerIteration = 3, FinalStepsPerIteration = 3, Shards = 3, Threads = threads }, count: 3).Iterations;

        Assert.That(iterations, Has.Count.EqualTo(4));
        Assert.That(iterations.Select(iteration => iteration.Shards), Is.All.EqualTo(3));
    }

    [Test]
    public void CartPole_is_solved_with_two_shards([Values(1, 2, 3)] int seed)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 50_000, Shards = 2, Seed = seed }).Fit(view);

        Assert.That(ml.ReinforcementLearning.Evaluate(policy, view, episodes: 20, seed: 5).MeanReturn, Is.GreaterThan(475));
    }

    [Test]
    public void Masks_reuse_transforms_and_staggered_starts_learn_in_shards()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(ActionSpace.MultiDiscrete([3, 2])), count: 5, threads: 3);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 20_000, Discount = 0.5, Shards = 3, ReusedIterations = 2, NormalizeObservations = true }).Fit(view);

        Assert.That(ml.ReinforcementLearning.Evaluate(policy, view).MeanReturn, Is.EqualTo(2 * EchoEnvironment.Steps));
    }

    [Test]
    public void Episodes_of_one_length_do_not_end_together_in_shards_of_one_environment()
    {
        var iterations = Fit(Small with { TotalSteps = 400, StepsPerIteration = 40, FinalStepsPerIteration = 40, Shards = 4 }, () => new CountingEnvironment(20, truncates: true, maxEpisodeSteps: 20), count: 4).Iterations;

        // Each iteration is half an episode long, so that all of them would end in every other one.
        Assert.That(iterations.Skip(2).Select(iteration => iteration.Episodes), Is.All.InRange(1, 3));
    }

    [Test]
    public void Environments_are_used_by_the_calling_thread_alone_unless_there_are_threads_for_them()
    {
        var used = new ConcurrentDictionary<int, byte>();
        var training = Fit(Small with { Shards = 4, Threads = 4 }, () => new StepCounter(new CartPole(), () => used.TryAdd(Environment.CurrentManagedThreadId, 0)), count: 4);
        Assert.That(used.Keys, Is.EqualTo(new[] { Environment.CurrentManagedThreadId }));

        used.Clear();
        using var met = new Barrier(2);
        var together = Fit(Small with { Shards = 2, Threads = 1 }, () => new StepCounter(new CartPole(), () =>
        {
            used.TryAdd(Environment.CurrentManagedThreadId, 0);
            met.SignalAndWait(TimeSpan.FromMilliseconds(20));
        }), count: 2, threads: 2);
        Assert.That(used, Has.Count.EqualTo(2));
        Assert.That(together.Onnx, Is.Not.EqualTo(training.Onnx), "the number of shards differs");
    }

    [Test]
    public void A_baseline_of_ones_own_is_used_by_one_thread_at_a_time_and_fits_all_rows()
    {
        var baseline = new LonelyBaseline();
        Fit(Small with { Shards = 3, Threads = 3, Baseline = _ => baseline }, count: 3);

        Assert.That(baseline.Rows, Is.EqualTo(new[] { 60, 60, 60, 60 }));
    }

    [Test]
    public void A_network_of_ones_own_is_created_once_for_each_shard_and_each_has_the_first_ones_state()
    {
        var created = new List<BufferedNetwork>();
        var options = Small with { Shards = 3, Network = arguments => Added(created, new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random)) };
        var (one, two) = (Fit(options with { Threads = 1 }, count: 3), Fit(options with { Threads = 3 }, count: 3));

        Assert.That(created, Has.Count.EqualTo(6));
        Assert.That(two.Onnx, Is.EqualTo(one.Onnx));
    }

    [Test]
    public void A_network_of_ones_own_is_created_once_by_default()
    {
        var created = new List<BufferedNetwork>();
        var iterations = Fit(new() { TotalSteps = 20_000, StepsPerIteration = 10_000, FinalStepsPerIteration = 10_000, Seed = 1, Network = arguments => Added(created, new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random)) }, count: 8).Iterations;

        Assert.That(created, Has.Count.EqualTo(1));
        Assert.That(iterations[0].Shards, Is.EqualTo(1));
    }

    [Test]
    public void Long_iterations_in_many_environments_have_several_shards_by_default()
    {
        var options = new TrpoOptions { TotalSteps = 32_768, StepsPerIteration = 16_384, FinalStepsPerIteration = 16_384, Seed = 1 };
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 64, threads: 4);

        Assert.That(ml.ReinforcementLearning.Trainers.Trpo(view, options).Describe(view.Schema).Shards, Is.EqualTo(4));
        var byDefault = Fit(options with { Threads = 3 }, count: 64, threads: 4);
        Assert.That(byDefault.Iterations.Select(iteration => iteration.Shards), Is.EqualTo(new[] { 4, 4 }));
        Assert.That(byDefault.Onnx, Is.EqualTo(Fit(options with { Shards = 4, Threads = 1 }, count: 64, threads: 1).Onnx));
    }

    [Test]
    public void A_factory_that_returns_one_network_for_several_shards_is_refused_by_name()
    {
        BufferedNetwork? network = null;
        var options = Small with { Network = arguments => network ??= new BufferedNetwork(arguments.Inputs, arguments.Outputs, arguments.Random) };

        Assert.That(() => Fit(options), Throws.InvalidOperationException.With.Message.Contains("for two shards that share").And.Message.Contains("Shards to 1"));
    }

    [Test]
    public void A_factory_whose_networks_share_a_part_is_refused_by_the_name_of_a_parameter()
    {
        Perceptron? trunk = null;
        var options = Small with { Shards = 3, Network = arguments => new TrunkNetwork(arguments.Inputs, trunk ??= new Perceptron(arguments.Inputs, [], arguments.Outputs, Activation.Tanh, 0.1, arguments.Random)) };

        Assert.That(() => Fit(options), Throws.InvalidOperationException.With.Message.Contains("share 'trunk."));
    }

    [Test]
    public void Asynchronous_environments_of_all_shards_step_at_the_same_time()
    {
        var met = new Rendezvous(4);
        var options = Small with { TotalSteps = 16, StepsPerIteration = 8, FinalStepsPerIteration = 8, Shards = 4, Threads = 1 };
        var all = 0;
        Fit(options, () => new AsyncEnvironment(new CartPole(), async (_, cancellation) =>
        {
            await met.Arrive().WaitAsync(TimeSpan.FromSeconds(30), cancellation);
            Interlocked.Increment(ref all);
        }), count: 4);

        Assert.That(all, Is.GreaterThanOrEqualTo(16), "every step of an environment met one of each other shard");
    }

    [Test]
    public void No_thread_is_left_after_a_training_that_ended_was_cancelled_or_failed([Values("ends", "is cancelled", "fails")] string how)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The names of threads are read from Linux.");
        using var cancellation = new CancellationTokenSource();
        var (steps, during) = (0, Array.Empty<string>());
        void Fit() => ShardedTrainingTests.Fit(Small with { Shards = 2, Threads = 4, Cancellation = cancellation.Token }, () => new StepCounter(new CartPole(), () =>
        {
            if (Interlocked.Increment(ref steps) != 100)
                return;
            during = ShardThreadNames();
            if (how == "is cancelled")
                cancellation.Cancel();
            if (how == "fails")
                throw new TimeoutException("gone");
        }), count: 4, threads: 3);

        if (how == "fails")
            Assert.That(Fit, Throws.TypeOf<EnvironmentException>());
        else
            Fit();
        Assert.That(during, Has.Length.EqualTo(2), "one thread beside the calling one, and one beside that of the value fit");
        Assert.That(() => ShardThreadNames(), Is.Empty.After(5_000, 20));
    }

    [Test]
    public void Warnings_reach_the_log_on_the_calling_thread_and_those_of_all_environments_once()
    {
        var ml = new MLContext(1);
        var (warnings, threads) = (new List<string>(), new HashSet<int>());
        ml.Log += (_, log) =>
        {
            if (log.Kind != Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                return;
            warnings.Add(log.Message);
            threads.Add(Environment.CurrentManagedThreadId);
        };
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new FlakyWalk(failsAt: 25, failsToClose: true), count: 4, threads: 4, episodeStepLimit: 10, rows: 10, maxRestarts: 100);
        ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Shards = 4 }).Fit(view).Dispose();

        Assert.That(warnings.Count(warning => warning.Contains("created anew", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4));
        Assert.That(warnings.Count(warning => warning.Contains("does not let go", StringComparison.Ordinal)), Is.GreaterThanOrEqualTo(4));
        Assert.That(warnings.Where(warning => warning.Contains("episodeStepLimit", StringComparison.Ordinal)), Has.Exactly(1).Items);
        Assert.That(threads, Is.EqualTo(new[] { Environment.CurrentManagedThreadId }));
    }

    private static string[] ShardThreadNames() =>
        [.. Directory.GetDirectories("/proc/self/task").Select(task => Name(Path.Combine(task, "comm"))).Where(name => name.StartsWith("Trpo shards", StringComparison.Ordinal))];

    // A thread may end while it is looked at.
    private static string Name(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static BufferedNetwork Added(List<BufferedNetwork> created, BufferedNetwork network)
    {
        created.Add(network);
        return network;
    }

    private static (byte[] Onnx, List<TrpoIteration> Iterations) Fit(TrpoOptions options, Func<IEnvironment>? environment = null, int count = 4, int threads = 1)
    {
        var listener = new Listener();
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment ?? (() => new CartPole()), count, threads: threads);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view);
        return (policy.Onnx.ToArray(), listener.Iterations);
    }

    /// <summary>A linear function of the scaled input, which other networks may have as well; the scale is its own.</summary>
    private sealed class TrunkNetwork : ExportableModule
    {
        private readonly Perceptron _trunk;

        public TrunkNetwork(int inputs, Perceptron trunk)
            : base(nameof(TrunkNetwork))
        {
            _trunk = trunk;
            register_buffer("scale", ones(inputs));
            register_module("trunk", trunk);
        }

        public override Tensor forward(Tensor input) => _trunk.forward(input * get_buffer("scale")!);

        public override string Export(OnnxGraphBuilder graph, string input)
        {
            var scale = graph.Constant("scale", get_buffer("scale")!.data<float>().ToArray(), (int)get_buffer("scale")!.numel());
            return _trunk.Export(graph, graph.Node("Mul", "scaled_input", [input, scale]));
        }
    }

    private sealed class LonelyBaseline : IValueFunction
    {
        private int _inside;

        public List<int> Rows { get; } = [];

        public void Predict(ReadOnlySpan<float> observations, Span<double> values)
        {
            if (Interlocked.Increment(ref _inside) != 1)
                throw new InvalidOperationException("Two threads are inside.");
            Thread.SpinWait(10_000);
            values.Clear();
            Interlocked.Decrement(ref _inside);
        }

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
        {
            Rows.Add(targets.Length);
            return 0;
        }
    }
}
