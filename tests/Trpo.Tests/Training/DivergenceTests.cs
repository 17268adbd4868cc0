using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Tests of the messages of a training whose numbers stop being finite: each names the first such number and advice that fits it.</summary>
public sealed class DivergenceTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 2_048, StepsPerIteration = 128, HiddenLayers = [8], Seed = 1 };

    [Test]
    public void A_standard_deviation_that_grows_without_limit_is_named()
    {
        var options = Short with { TotalSteps = 1_000_000, EntropyBonus = 1e3, TrustRegion = new() { MaxKl = 0.3 } };

        Assert.That(Message(options, () => new Unbounded()), Does.Match(
            @"^Training stopped at iteration \d+: dimension 0 of the action is -?Infinity at step \d+ of the episode in environment 'MountainCarContinuous' \(index \d of 4\): the mean of dimension 0 is .*, its standard deviation exp\(8[5-9].*\)\. .*lower EntropyBonus or TrustRegion\.MaxKl\.$"));
    }

    [Test]
    public void A_parameter_of_the_policy_that_overflows_is_named() =>
        Assert.That(Message(Short with { Optimizer = new Overflowing() }, () => new CountingEnvironment()), Is.EqualTo(
            "Training stopped at iteration 2: the policy's parameter 'layer0.weight' is Infinity. Lower TrustRegion.MaxKl, or check the Optimizer if it is your own."));

    [Test]
    public void A_network_that_divides_by_zero_is_named() =>
        Assert.That(Message(Short with { Network = arguments => new Reciprocal(arguments) }, () => new CountingEnvironment()), Does.Match(
            @"^Training stopped at iteration 1: output 0 of the policy's network is (NaN|-?Infinity) at step 4 of the episode in environment 'Counting' \(index 0 of 4\), though all parameters are finite\. Look in the network for a division by 0"));

    [Test]
    public void A_network_without_a_derivative_is_named() =>
        Assert.That(Message(Short with { Network = arguments => new RootOfSquare(arguments) }, () => new CountingEnvironment()), Does.Match(
            @"^Training stopped at iteration 1: the derivative by the policy's parameter '.*weight' is not finite, though the log-probabilities and advantages are\. Look in a custom network"));

    [Test]
    public void A_distribution_whose_log_probability_is_not_a_number_is_named() =>
        Assert.That(Message(Short with { Distribution = arguments => new Undefined(arguments.Actions) }, () => new CountingEnvironment()), Does.Match(
            @"^Training stopped at iteration \d: the log-probability of the action is NaN at step \d of the episode in environment 'Counting' \(index \d of 4\), although the parameters that Undefined computed it from are finite\. Check its LogProbability\.$"));

    [Test]
    public void A_baseline_that_predicts_no_number_is_named() =>
        Assert.That(Message(Short with { Baseline = _ => new Broken(predicted: double.NaN, error: 0) }, () => new CountingEnvironment()), Is.EqualTo(
            "Training stopped at iteration 1: the baseline Broken gave an observation the value NaN at step 1 of the iteration in environment 0. Check its Predict and its Fit, if it is your own; otherwise scale rewards and observations."));

    [TestCase(double.NaN, "NaN")]
    [TestCase(double.PositiveInfinity, "Infinity")]
    public void A_baseline_whose_fit_diverges_is_named(double error, string named) =>
        Assert.That(Message(Short with { Baseline = _ => new Broken(predicted: 0, error) }, () => new CountingEnvironment()), Is.EqualTo(
            $"Training stopped at iteration 1: the Fit of the baseline Broken returned {named} as the error that is left, from targets that are finite. Check it for an overflow, or scale the rewards down."));

    [Test]
    public void Advantages_that_overflow_are_named_with_the_reward() =>
        Assert.That(Message(Short, () => new CountingEnvironment(reward: _ => 1e308)), Does.Match(
            @"^Training stopped at iteration 1: the advantage is Infinity at step \d+ of the iteration in environment \d: the reward there is 1E\+308, .*Scale the rewards down"));

    [Test]
    public void A_reward_that_overflows_by_its_scale_is_named() =>
        Assert.That(Message(Short with { RewardScale = 100 }, () => new CountingEnvironment(reward: _ => 1e307)), Does.StartWith(
            "Training stopped at iteration 1: the reward 1E+307 times the RewardScale of 100 overflows at step 1 of the iteration in environment 0. Lower EntropyBonus or RewardScale."));

    [Test]
    public void Value_targets_whose_variance_overflows_are_named() =>
        Assert.That(Message(Short, () => new CountingEnvironment(reward: step => step * 1e200)), Does.Match(@"^Training stopped at iteration 1: the variance of the value targets overflows: the largest is .*E\+20\d\. Scale the rewards down, by RewardScale"));

    [Test]
    public void Derivatives_beyond_single_precision_are_named_with_the_advantage()
    {
        var options = Short with { NormalizeAdvantages = false, Baseline = _ => new ZeroValues() };

        Assert.That(Message(options, () => new CountingEnvironment(reward: _ => 1e45)), Does.Match(
            @"^Training stopped at iteration 1: the derivative of the log-probability, times the advantage .*E\+45, is .*E\+4\d in row 0 of the update, which single precision cannot hold"));
    }

    [Test]
    public void Training_rolls_back_from_a_number_that_is_not_finite()
    {
        var (message, warnings) = Train(Short with { Optimizer = new Overflowing(), Health = new() { MaxRollbacks = 2 } }, () => new CountingEnvironment());

        Assert.That(message, Does.StartWith("Training stopped at iteration 2: the policy's parameter"));
        Assert.That(warnings, Has.Count.EqualTo(2).And.All.Contains("At iteration 2, the policy's parameter 'layer0.weight' is Infinity.").And.All.Contains("rolls back"));
    }

    private static string Message(TrpoOptions options, Func<IEnvironment> environment) => Train(options, environment).Message;

    private static (string Message, List<string> Warnings) Train(TrpoOptions options, Func<IEnvironment> environment)
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning && message.RawMessage.Contains("iteration", StringComparison.Ordinal) && !message.RawMessage.Contains("unscaled", StringComparison.Ordinal))
                warnings.Add(message.RawMessage);
        };
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment, count: 4);
        return (Assert.Throws<TrainingException>(() => ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view).Dispose())!.Message, warnings);
    }

    /// <summary>An optimizer that multiplies the first parameters by more than float32 holds.</summary>
    private sealed class Overflowing : IPolicyOptimizer
    {
        public TrustRegionStep Step(ITrustRegionProblem problem)
        {
            var parameters = new double[problem.Length];
            problem.Gradient(parameters);
            problem.CopyTo(parameters);
            parameters[0] = 1e39;
            problem.Assign(parameters);
            return new() { Outcome = TrustRegionOutcome.Accepted, StepFraction = 1 };
        }
    }

    private sealed class Broken(double predicted, double error) : IValueFunction
    {
        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Fill(predicted);

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets) => error;
    }

    /// <summary>A linear function of the observation, divided by the distance of the observation from 3.</summary>
    private sealed class Reciprocal : ExportableModule
    {
        private readonly Perceptron _linear;

        public Reciprocal(NetworkArguments arguments)
            : base(nameof(Reciprocal))
        {
            _linear = new Perceptron(arguments.Inputs, [], arguments.Outputs, Activation.Tanh, 0.1, arguments.Random);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _linear.forward(input).div(input.sub(3));

        public override string Export(OnnxGraphBuilder graph, string input) =>
            graph.Node("Div", "quotient", [_linear.Export(graph, input), graph.Node("Sub", "distance", [input, graph.Constant("three", [3f])])]);
    }

    /// <summary>The root of the square of a function that is 0 at the observation 3, where the root has no derivative.</summary>
    private sealed class RootOfSquare : ExportableModule
    {
        private readonly Perceptron _linear;

        public RootOfSquare(NetworkArguments arguments)
            : base(nameof(RootOfSquare))
        {
            _linear = new Perceptron(arguments.Inputs, [], arguments.Outputs, Activation.Tanh, 0.1, arguments.Random);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => _linear.forward(input).mul(input.sub(3)).square().sqrt();

        public override string Export(OnnxGraphBuilder graph, string input) =>
            graph.Node("Abs", "root", [graph.Node("Mul", "product", [_linear.Export(graph, input), graph.Node("Sub", "distance", [input, graph.Constant("three", [3f])])])]);
    }

    /// <summary>The usual distribution, whose log-probability is NaN from its thousandth call on.</summary>
    private sealed class Undefined(ActionSpace actions) : IActionDistribution
    {
        private readonly IActionDistribution _usual = ActionDistribution.For(actions, 0);
        private int _calls;

        public int NetworkOutputs => _usual.NetworkOutputs;

        public IReadOnlyList<double> StateIndependentParameters => _usual.StateIndependentParameters;

        public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action) => _usual.Sample(parameters, random, action);

        public void Mode(ReadOnlySpan<double> parameters, Span<float> action) => _usual.Mode(parameters, action);

        public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient) =>
            ++_calls > 1_000 && gradient.IsEmpty ? double.NaN : _usual.LogProbability(parameters, action, gradient);

        public double Entropy(ReadOnlySpan<double> parameters) => _usual.Entropy(parameters);

        public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) => _usual.KullbackLeibler(oldParameters, newParameters);

        public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product) => _usual.FisherProduct(parameters, vector, product);

        public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent) => _usual.Export(graph, networkOutput, stateIndependent);
    }

    /// <summary>A car that limits forces itself: draws of any size are actions of their own, and cost no more than the limit.</summary>
    private sealed class Unbounded : IEnvironment
    {
        private readonly MountainCarContinuous _car = new();

        public string Name => nameof(MountainCarContinuous);

        public ObservationSpace ObservationSpace => _car.ObservationSpace;

        public ActionSpace ActionSpace { get; } = ActionSpace.Box([float.NegativeInfinity], [float.PositiveInfinity]);

        public int? MaxEpisodeSteps => _car.MaxEpisodeSteps;

        public void Reset(int? seed, Span<float> observation) => _car.Reset(seed, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation) => _car.Step(new EnvironmentAction([Math.Clamp(action.Values[0], -1, 1)]), observation);
    }
}
