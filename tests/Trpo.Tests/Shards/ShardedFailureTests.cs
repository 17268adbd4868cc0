using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>Failures of environments and parts on the threads of shards: the exception, the environment that it names, and what follows do not depend on the threads.</summary>
public sealed class ShardedFailureTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 2_000, StepsPerIteration = 200, FinalStepsPerIteration = 200, HiddenLayers = [8], Seed = 1, Shards = 3 };

    [Test]
    public void The_failure_of_an_environment_is_its_own_and_names_its_index_among_all([Values(1, 2, 8)] int threads)
    {
        var index = -1;
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => Failing(index++), count: 6, threads: threads, rows: 10);
        index = 0;

        // Environment 5 fails in an earlier step than environment 2, which is in an earlier shard.
        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Threads = threads }).Fit(view),
            Throws.TypeOf<EnvironmentException>().With.Message.Contains("index 5 of 6").And.InnerException.TypeOf<TimeoutException>());

        static IEnvironment Failing(int index)
        {
            var steps = 0;
            return new StepCounter(new Pendulum(), () =>
            {
                if (++steps == (index == 5 ? 20 : index == 2 ? 30 : -1))
                    throw new TimeoutException("The robot does not answer.");
            });
        }
    }

    [Test]
    public void An_exception_of_a_network_on_another_thread_is_thrown_as_it_is([Values(1, 3)] int threads)
    {
        var copies = 0;
        var options = Small with { Threads = threads, Network = arguments => new FailingNetwork(arguments.Inputs, arguments.Outputs, arguments.Random, fails: ++copies == 3) };

        Assert.That(() => Fit(options), Throws.TypeOf<InvalidTimeZoneException>().With.Message.EqualTo("of the network"));
    }

    [Test]
    public void A_training_that_rolls_back_gives_the_same_bits_on_any_threads()
    {
        var options = Small with { Health = new() { MaxRollbacks = 20 } };
        var results = new[] { 1, 2, 3 }.Select(threads => new ResumedTraining(() => new BrittleEnvironment(0.0007), options with { Threads = threads }, count: 4, threads: threads).Whole()).ToList();

        Assert.That(results[0].Iterations[^1].Rollbacks, Is.Positive, "the test is about something");
        Assert.That(results.Select(result => result.Onnx), Is.All.EqualTo(results[0].Onnx));
    }

    [Test]
    public void Restarts_of_all_shards_are_counted_together_and_give_the_same_bits_on_any_threads()
    {
        var results = new[] { 1, 3 }.Select(threads => Walk(threads, maxRestarts: 50)).ToList();

        Assert.That(results[0].Iterations[^1].Restarts, Is.GreaterThan(10));
        Assert.That(results[1].Iterations.Select(iteration => iteration.Restarts), Is.EqualTo(results[0].Iterations.Select(iteration => iteration.Restarts)));
        Assert.That(results[1].Onnx, Is.EqualTo(results[0].Onnx));
    }

    [Test]
    public void More_restarts_than_are_allowed_over_all_shards_end_the_training([Values(1, 3)] int threads) =>
        Assert.That(() => Walk(threads, maxRestarts: 5), Throws.TypeOf<EnvironmentException>().With.Message.Contains("maxRestarts"));

    [Test]
    public void An_environment_that_hangs_in_one_shard_is_named_by_its_index_among_all()
    {
        using var release = new ManualResetEventSlim();
        var index = -1;
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => Hanging(index++), count: 4, threads: 2, rows: 10, stepTimeout: TimeSpan.FromSeconds(3));
        index = 0;
        try
        {
            Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Shards = 2 }).Fit(view), Throws.TypeOf<EnvironmentException>().With.Message.Contains("index 3 of 4").And.Message.Contains("not returned"));
        }
        finally
        {
            release.Set();
        }

        IEnvironment Hanging(int number)
        {
            var steps = 0;
            return new StepCounter(new Pendulum(), () =>
            {
                if (++steps == 10 && number == 3)
                    release.Wait();
            });
        }
    }

    private static (byte[] Onnx, List<TrpoIteration> Iterations) Walk(int threads, int maxRestarts)
    {
        var listener = new Listener();
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new FlakyWalk(failsAt: 77), count: 6, threads: threads, rows: 10, maxRestarts: maxRestarts);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Threads = threads, Progress = listener }).Fit(view);
        return (policy.Onnx.ToArray(), listener.Iterations);
    }

    private static void Fit(TrpoOptions options)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 3);
        ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view).Dispose();
    }

    private sealed class FailingNetwork : ExportableModule
    {
        private readonly Perceptron _linear;
        private readonly bool _fails;

        public FailingNetwork(int inputs, int outputs, RandomSource random, bool fails)
            : base(nameof(FailingNetwork))
        {
            _linear = new Perceptron(inputs, [], outputs, Activation.Tanh, 0.1, random);
            _fails = fails;
            register_module("linear", _linear);
        }

        public override Tensor forward(Tensor input) => _fails ? throw new InvalidTimeZoneException("of the network") : _linear.forward(input);

        public override string Export(OnnxGraphBuilder graph, string input) => _linear.Export(graph, input);
    }
}
