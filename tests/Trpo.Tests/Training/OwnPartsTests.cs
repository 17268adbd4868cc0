using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Training;

/// <summary>Training with custom parts, on every kind of action, and its effect on libtorch's state.</summary>
public sealed class OwnPartsTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 1_024, StepsPerIteration = 256, HiddenLayers = [16], Seed = 1 };

    private static readonly ActionSpace[] Several = [ActionSpace.MultiDiscrete([3, 2, 4]), ActionSpace.MultiBinary(3)];

    [TestCaseSource(nameof(Several))]
    public void Learns_several_choices_and_switches_at_once(ActionSpace actions)
    {
        var ml = new MLContext(seed: 1);
        var echo = ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(actions), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(echo, new() { TotalSteps = 20_000, Discount = 0.5 }).Fit(echo);

        Assert.That(ml.ReinforcementLearning.Evaluate(policy, echo).MeanReturn, Is.EqualTo(EchoEnvironment.Steps * actions.Length));
    }

    [Test]
    public void Learns_with_rectifiers()
    {
        var ml = new MLContext(seed: 1);
        var echo = ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(Several[1]), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(echo, new() { TotalSteps = 20_000, Discount = 0.5, HiddenActivation = Activation.Relu }).Fit(echo);

        Assert.That(ml.ReinforcementLearning.Evaluate(policy, echo).MeanReturn, Is.EqualTo(EchoEnvironment.Steps * 3));
    }

    [Test]
    public void A_network_whose_graph_computes_other_outputs_is_refused_before_training() =>
        Assert.That(() => Fit(Short with { Network = arguments => new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported: 2) }),
            Throws.InvalidOperationException.With.Message.Contains("Scaled.Export"));

    [Test]
    public void A_network_is_disposed_whether_it_is_trained_or_refused([Values(1, 2)] float exported)
    {
        TorchSharp.Modules.Parameter? parameter = null;
        var options = Short with
        {
            Network = arguments =>
            {
                var network = new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported);
                parameter = network.parameters().First();
                return network;
            },
        };
        if (exported == 1)
            Fit(options);
        else
            Assert.That(() => Fit(options), Throws.InvalidOperationException);

        Assert.That(parameter!.IsInvalid);
    }

    [Test]
    public void A_network_whose_graph_computes_equal_outputs_is_trained() =>
        Assert.That(() => Fit(Short with { Network = arguments => new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported: 1) }), Throws.Nothing);

    [Test]
    public void A_network_that_libtorch_cannot_differentiate_is_refused_before_training() =>
        Assert.That(() => Fit(Short with { Network = arguments => new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported: 1) { Detached = true } }),
            Throws.InvalidOperationException.With.Message.Contains("detach"));

    [Test]
    public void A_factory_that_returns_nothing_is_named()
    {
        Assert.That(() => Fit(Short with { Network = _ => null! }), Throws.InvalidOperationException.With.Message.Contains("TrpoOptions.Network"));
        Assert.That(() => Fit(Short with { Distribution = _ => null! }), Throws.InvalidOperationException.With.Message.Contains("TrpoOptions.Distribution"));
        Assert.That(() => Fit(Short with { Baseline = _ => null! }), Throws.InvalidOperationException.With.Message.Contains("TrpoOptions.Baseline"));
    }

    [Test]
    public void Trains_in_every_gradient_mode_of_the_caller()
    {
        using var inference = inference_mode(true);
        using var noGradients = no_grad();

        Assert.That(() => Fit(Short with { Network = arguments => new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported: 1) }), Throws.Nothing);
    }

    [Test]
    public void A_distribution_for_other_actions_is_refused_before_training() =>
        Assert.That(() => Fit(Short with { Distribution = _ => new MultiBinaryDistribution(ActionSpace.MultiBinary(2)) }),
            Throws.InvalidOperationException.With.Message.Contains("Export"));

    [Test]
    public void Training_leaves_the_state_of_libtorch_unchanged_also_after_a_failure()
    {
        var before = State();
        Fit(Short with { Network = arguments => new Scaled(arguments.Inputs, arguments.Outputs, arguments.Random, exported: 1) });
        Fit(Short);
        Assert.That(() => Fit(Short with { Optimizer = new Failing() }), Throws.TypeOf<ArithmeticException>());

        Assert.That(State(), Is.EqualTo(before));
    }

    [Test]
    public void The_result_does_not_depend_on_the_number_of_threads()
    {
        Assert.That(Train(threads: 2), Is.EqualTo(Train(threads: 1)));

        static byte[] Train(int threads)
        {
            var ml = new MLContext(seed: 1);
            var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, Short with { Threads = threads }).Fit(cartPole);
            return policy.Onnx.ToArray();
        }
    }

    [Test]
    public void A_baseline_that_fails_while_the_policy_is_updated_ends_the_training([Values(1, 2)] int threads) =>
        Assert.That(() => Fit(Short with { Threads = threads, Baseline = _ => new FailingBaseline() }), Throws.TypeOf<InvalidDataException>());

    [Test]
    public void If_update_and_fit_both_fail_the_exception_of_the_update_is_thrown() =>
        Assert.That(() => Fit(Short with { Optimizer = new Failing(), Baseline = _ => new FailingBaseline() }), Throws.TypeOf<ArithmeticException>());

    [Test]
    public void Nested_requests_for_one_libtorch_thread_restore_the_earlier_number()
    {
        var before = get_num_threads();
        using (TorchThreads.One())
        using (TorchThreads.One())
            Assert.That(get_num_threads(), Is.EqualTo(1));

        Assert.That(get_num_threads(), Is.EqualTo(before));
    }

    [Test]
    public void The_times_of_the_parts_of_an_iteration_add_up_to_no_more_than_its_whole()
    {
        var listener = new Listener();
        Fit(Short with { Progress = listener, Threads = 1 });

        var times = listener.Iterations.Select(iteration => iteration.Times).ToList();
        Assert.That(times.SelectMany(time => new[] { time.Rollout, time.Advantages, time.PolicyUpdate, time.ValueFit }), Has.All.GreaterThan(TimeSpan.Zero));
        Assert.That(times.Sum(time => (time.Rollout + time.Advantages + time.PolicyUpdate + time.ValueFit).TotalSeconds), Is.LessThanOrEqualTo(listener.Iterations[^1].Elapsed.TotalSeconds));
    }

    private static void Fit(TrpoOptions options)
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2);
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, options).Fit(cartPole).Dispose();
    }

    private static (int Threads, ScalarType Type, bool Gradients, long Seed) State() => (get_num_threads(), get_default_dtype(), is_grad_enabled(), initial_seed());

    /// <summary>A linear function whose graph multiplies its outputs by something.</summary>
    private sealed class Scaled : ExportableModule
    {
        private readonly Perceptron _linear;
        private readonly float _exported;

        public Scaled(int inputs, int outputs, RandomSource random, float exported)
            : base(nameof(Scaled))
        {
            _linear = new Perceptron(inputs, [], outputs, Activation.Tanh, 0.1, random);
            _exported = exported;
            RegisterComponents();
        }

        public bool Detached { get; init; }

        public override Tensor forward(Tensor input) => Detached ? _linear.forward(input).detach() : _linear.forward(input);

        public override string Export(OnnxGraphBuilder graph, string input) =>
            graph.Node("Mul", "scaled", [_linear.Export(graph, input), graph.Constant("factor", [_exported])]);
    }

    private sealed class FailingBaseline : IValueFunction
    {
        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Clear();

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets) => throw new InvalidDataException();
    }

    private sealed class Failing : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem) => throw new ArithmeticException();
    }
}
