using TorchSharp;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Onnx;

/// <summary>The graphs of perceptrons with each activation function: their operators, and the engines that run them.</summary>
public sealed class ActivationExportTests
{
    [TestCase(Activation.Tanh, "Tanh")]
    [TestCase(Activation.Relu, "Relu")]
    [TestCase(Activation.Silu, "Sigmoid", "Mul")]
    [TestCase(Activation.Elu, "Elu")]
    public void A_policy_has_operators_of_set_12_and_runs_in_managed_code(Activation activation, params string[] operators)
    {
        var onnx = Onnx(activation);
        var model = ModelProto.Parser.ParseFrom(onnx);

        Assert.That(OnnxChecker.Faults(model), Is.Empty);
        Assert.That(model.OpsetImport.Single().Version, Is.EqualTo(12));
        Assert.That(model.Graph.Node.Select(node => node.OpType).Where(type => type is not ("Gemm" or "Identity" or "ArgMax" or "Softmax" or "Cast" or "Squeeze" or "IsNaN" or "Where")), Is.EqualTo(operators.Concat(operators)));
        Assert.That(PolicyAdmission.FindRefusal(onnx), Is.Null);
        using var session = PolicySession.Open(onnx);
        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
    }

    [Test]
    public void Managed_code_is_as_exact_as_OnnxRuntime([Values] Activation activation)
    {
        const int Rows = 2_000, Length = 17;
        var space = ActionSpace.Box([-10, -10], [10, 10]);
        using var perceptron = new Perceptron(Length, [64, 64], 2, activation, outputGain: 1, new RandomSource(1));
        using var policy = new StochasticPolicy(perceptron, ActionDistribution.For(space, 0));
        var onnx = policy.Export(Support.Policies.Metadata(space, Length));
        float[] observations = [.. TestNetworks.Singles(new RandomSource(3), Rows * Length).Select(value => 1.5f * value)];
        perceptron.to(ScalarType.Float64);
        using var exact = new TorchNetwork(perceptron, 2);
        var (expected, actions, scores) = (new double[2 * Rows], new float[2 * Rows], new float[2 * Rows]);
        exact.Evaluate(observations, expected);
        Policy.Open(onnx).Evaluate(observations, actions, scores);
        var reference = new OnnxReference(onnx, new Dictionary<string, float[]> { ["observation"] = observations }, Rows).Scores;

        var (managed, native) = (Error(scores), Error(reference));
        TestContext.Out.WriteLine($"{activation}: {managed:G3} in managed code, {native:G3} in OnnxRuntime");
        Assert.That(managed, Is.LessThan(1e-6).And.LessThan((2 * native) + 1e-7));

        double Error(float[] actual) => actual.Zip(expected, (score, value) => Math.Abs(score - value)).Max() / expected.Max(Math.Abs);
    }

    [Test]
    public void An_exponential_unit_of_another_scale_is_left_to_OnnxRuntime()
    {
        byte[] Graph(float alpha)
        {
            var graph = new OnnxGraphBuilder("policy");
            var output = graph.Node("Elu", "elu", [graph.Input(PolicyValues.Observation, 2, "The observations.")], ("alpha", alpha));
            graph.Node("Identity", PolicyValues.Score, [output]);
            graph.Node("Identity", PolicyValues.Action, [output]);
            graph.Output(PolicyValues.Score, 2, "The scores.");
            graph.Output(PolicyValues.Action, 2, "The actions.");
            return graph.Build("A graph of one operator.", Support.Policies.Metadata(Support.Policies.Vectors, 2));
        }

        Assert.That(() => Policy.Open(Graph(0.5f)), Throws.TypeOf<UnsupportedGraphException>().With.Message.Contains("'elu' (Elu) scales"));
        using var session = PolicySession.Open(Graph(0.5f));
        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(() => Policy.Open(Graph(1)), Throws.Nothing);
    }

    private static byte[] Onnx(Activation activation)
    {
        var distribution = ActionDistribution.For(Support.Policies.Choices, initialLogStandardDeviation: 0);
        using var policy = new StochasticPolicy(PerceptronModel.Create(4, [8, 8], distribution.NetworkOutputs, activation, outputGain: 1, new RandomSource(1)), distribution);
        return policy.Export(Support.Policies.Metadata(Support.Policies.Choices));
    }
}
