using System.Numerics.Tensors;
using Trpo.Estimators.Networks;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Tests of the policy that scores candidates: its graph, its invariances and its derivatives.</summary>
public sealed class CandidatePolicyTests
{
    private const int Rows = 200;

    private static readonly int[] Contexts = [0, 3];

    [Test]
    public void Scores_do_not_depend_on_the_order_of_the_candidates([ValueSource(nameof(Contexts))] int context, [Values] Activation activation)
    {
        const int Candidates = 7, Features = 4;
        var onnx = CandidateGraph.Onnx(context, Candidates, Features, [16, 8], activation);
        var random = new RandomSource(5);
        var observations = CandidateGraph.Observations(Rows, context, Candidates, Features, random);
        int[][] orders = [.. observations.Select(_ => Enumerable.Range(0, Candidates).Select(candidate => (candidate, Key: random.NextDouble())).OrderBy(pair => pair.Key).Select(pair => pair.candidate).ToArray())];
        float[][] permuted = [.. observations.Select((row, i) => (float[])
        [
            .. row[..context],
            .. orders[i].SelectMany(candidate => row[(context + (candidate * Features))..(context + ((candidate + 1) * Features))]),
            .. orders[i].Select(candidate => row[context + (Candidates * Features) + candidate]),
        ])];
        var (scores, others) = (Reference(onnx, observations).Chunk(Candidates).ToArray(), Reference(onnx, permuted).Chunk(Candidates).ToArray());
        using var session = PolicySession.Open(onnx);
        for (var row = 0; row < Rows; row++)
        {
            Assert.That(others[row], Is.EqualTo(orders[row].Select(candidate => scores[row][candidate])).Within(1e-6), $"row {row}");
            Assert.That(orders[row][session.Act(permuted[row])], Is.EqualTo(session.Act(observations[row])), $"row {row}");
            Assert.That(scores[row].Where((_, candidate) => observations[row][context + (Candidates * Features) + candidate] == 0), Is.All.Zero);
        }
    }

    [Test]
    public void Padding_may_hold_anything_but_a_missing_value([ValueSource(nameof(Contexts))] int context, [Values] bool isNormalized, [Values(0f, -3.5f, 1e30f, float.PositiveInfinity)] float padding)
    {
        const int Candidates = 7, Features = 4;
        var onnx = CandidateGraph.Onnx(context, Candidates, Features, [16], Activation.Tanh, isNormalized);
        var observations = CandidateGraph.Observations(Rows, context, Candidates, Features, new RandomSource(6));
        float[][] padded = [.. observations.Select(row => row.Select((value, slot) => IsPadding(row, slot) ? padding : value).ToArray())];
        using var session = PolicySession.Open(onnx);

        Assert.That(Reference(onnx, padded), Is.EqualTo(Reference(onnx, observations)));
        Assert.That(padded.Select(row => session.Act(row)), Is.EqualTo(observations.Select(row => session.Act(row))));

        bool IsPadding(float[] row, int slot) => slot >= context && slot < context + (Candidates * Features) && row[context + (Candidates * Features) + ((slot - context) / Features)] == 0;
    }

    [Test]
    public void The_graph_has_the_outputs_of_the_training_and_a_size_that_does_not_depend_on_the_number_of_candidates()
    {
        var observations = CandidateGraph.Observations(Rows, 3, 6, 4, new RandomSource(7));
        using var policy = CandidateGraph.Create(3, 6, 4, [16, 8], Activation.Silu, isNormalized: true);
        var logits = new double[Rows * 6];
        policy.Evaluate([.. observations.SelectMany(row => row)], logits);
        var scores = Reference(policy.Export(CandidateGraph.Metadata(3, 6, 4)), observations);
        for (var row = 0; row < Rows; row++)
        {
            var expected = new double[6];
            TensorPrimitives.SoftMax<double>(logits.AsSpan(row * 6, 6), expected);
            Assert.That(scores.Skip(row * 6).Take(6), Is.EqualTo(expected).Within(1e-6));
        }

        Assert.That(NodesOf(500), Is.EqualTo(NodesOf(2)));
        Assert.That(() => PolicySession.Open(CandidateGraph.Onnx(10, 200, 20, [64, 64], Activation.Tanh)).Dispose(), Throws.Nothing, "the number of candidates that docs/logged-decisions.md names");

        static int NodesOf(int candidates) => PolicyReader.Open(CandidateGraph.Onnx(3, candidates, 4, [16, 8], Activation.Silu)).Graph!.Nodes.Count;
    }

    [Test]
    public void Products_are_the_derivatives_of_the_outputs()
    {
        const double Step = 1e-3;
        var random = new RandomSource(8);
        float[] observations = [.. CandidateGraph.Observations(20, 3, 5, 4, random).SelectMany(row => row)];
        using var policy = CandidateGraph.Create(3, 5, 4, [8], Activation.Tanh, isNormalized: false);
        double[] parameters = new double[policy.Length], outputs = new double[100], above = new double[100], below = new double[100], tangents = new double[100], gradient = new double[policy.Length];
        policy.CopyTo(parameters);
        double[] direction = [.. parameters.Select(_ => random.NextGaussian())], cotangents = [.. outputs.Select(_ => random.NextGaussian())];
        policy.Linearize(observations, outputs);
        policy.Product(direction, tangents);
        policy.TransposeProduct(cotangents, gradient);
        policy.Assign([.. parameters.Zip(direction, (value, slope) => value + (Step * slope))]);
        policy.Evaluate(observations, above);
        policy.Assign([.. parameters.Zip(direction, (value, slope) => value - (Step * slope))]);
        policy.Evaluate(observations, below);

        Assert.That(tangents, Is.EqualTo(above.Zip(below, (high, low) => (high - low) / (2 * Step))).Within(2e-2));
        Assert.That(TensorPrimitives.Dot<double>(gradient, direction), Is.EqualTo(TensorPrimitives.Dot<double>(cotangents, tangents)).Within(1e-3));
        Assert.That(tangents.Where((_, i) => outputs[i] < -1e200), Is.Not.Empty.And.All.Zero, "padding has no derivative");
    }

    private static float[] Reference(byte[] onnx, float[][] observations) =>
        new OnnxReference(onnx, new Dictionary<string, float[]> { ["observation"] = [.. observations.SelectMany(row => row)] }, observations.Length).Scores;
}
