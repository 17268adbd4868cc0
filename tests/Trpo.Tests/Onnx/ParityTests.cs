using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>One policy, decided by everything that can decide: libtorch, the transformer, the chain, and the two ONNX files.</summary>
public sealed class ParityTests
{
    private const int Rows = 10_000;
    private const float Tolerance = 1e-5f;

    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);

    [TestCaseSource(nameof(Spaces))]
    public void Torch_the_transformer_the_chain_and_both_files_decide_alike(ActionSpace space)
    {
        var distribution = ActionDistribution.For(space, initialLogStandardDeviation: -0.5);
        using var perceptron = new Perceptron(4, [16, 16], distribution.NetworkOutputs, Activation.Tanh, outputGain: 2, new RandomSource(3));
        var network = new TorchPerceptron(perceptron);
        var policy = new StochasticPolicy(network, distribution);
        using var transformer = new PolicyTransformer(policy.Export(Support.Policies.Metadata(space)), new());
        var raw = Support.Policies.View(_ml, Support.Policies.Observations(Rows).Select(row => new[] { (20 * row[0]) + 3, row[1] / 50, row[2], row[3] - 1 }));
        var chain = _ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false).Fit(raw).Append(transformer);
        var preprocessed = PolicyChain.FromModel(chain).Preprocess(raw);

        var reference = Torch(policy, network, space, Flat(preprocessed));
        Decisions[] deciders =
        [
            Read(transformer.Transform(preprocessed)), Read(chain.Transform(raw)), Run(transformer.Onnx.ToArray(), Flat(preprocessed), space), Run(Exported(chain), Flat(raw), space),
        ];

        Assert.That(reference.Actions.Select(action => string.Join(' ', action)).Distinct().Count(), Is.GreaterThanOrEqualTo(3), "several actions occur");
        foreach (var decider in deciders)
        {
            Assert.That(decider.Scores.Zip(reference.Scores, Distance).Max(), Is.LessThan(Tolerance));
            if (space is BoxActionSpace)
                Assert.That(decider.Actions.Zip(reference.Actions, Distance).Max(), Is.LessThan(Tolerance));
            else
                Assert.That(decider.Actions, Is.EqualTo(reference.Actions));
        }
    }

    private static Decisions Torch(StochasticPolicy policy, TorchPerceptron network, ActionSpace space, float[] observations)
    {
        var outputs = new double[Rows * network.Outputs];
        network.Evaluate(observations, outputs);
        var (actions, scores) = (new List<float[]>(), new List<float[]>());
        foreach (var row in outputs.Chunk(network.Outputs))
        {
            var action = new float[space.Length];
            policy.Distribution.Mode([.. row, .. policy.Distribution.StateIndependentParameters], action);
            actions.Add(action);
            scores.Add(space switch
            {
                BoxActionSpace => [.. row.Select(mean => (float)mean)],
                MultiBinaryActionSpace => [.. row.Select(logit => (float)(1 / (1 + Math.Exp(-logit))))],
                MultiDiscreteActionSpace multi => [.. Softmax(row[..multi.Counts[0]]), .. Softmax(row[multi.Counts[0]..])],
                _ => Softmax(row),
            });
        }

        return new Decisions(actions, scores);
    }

    private static float[] Softmax(double[] logits)
    {
        var sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => (float)(Math.Exp(logit) / sum))];
    }

    private static Decisions Read(IDataView scored) => new(
        scored.Schema["Action"].Type is KeyDataViewType ? [.. scored.GetColumn<uint>("Action").Select(key => new[] { key - 1f })] : [.. scored.GetColumn<float[]>("Action")],
        [.. scored.GetColumn<float[]>("Score")]);

    private static Decisions Run(byte[] onnx, float[] observations, ActionSpace space)
    {
        using var session = new InferenceSession(onnx);
        using var input = OrtValue.CreateTensorValueFromMemory(observations, [Rows, 4]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [PolicyValues.Observation], [input], [PolicyValues.Action, PolicyValues.Score]);
        float[] actions = space is BoxActionSpace
            ? outputs[0].GetTensorDataAsSpan<float>().ToArray()
            : [.. outputs[0].GetTensorDataAsSpan<long>().ToArray().Select(index => (float)index)];
        return new Decisions([.. actions.Chunk(space.Length)], [.. outputs[1].GetTensorDataAsSpan<float>().ToArray().Chunk(space.ScoreLength)]);
    }

    private byte[] Exported(ITransformer chain)
    {
        var path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");
        try
        {
            _ml.ReinforcementLearning.ExportToOnnx(chain, path);
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[] Flat(IDataView view) => [.. view.GetColumn<float[]>("Observation").SelectMany(row => row)];

    private static float Distance(float[] actual, float[] expected) => actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();

    private sealed record Decisions(IReadOnlyList<float[]> Actions, IReadOnlyList<float[]> Scores);
}
