using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Runtime;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Logs.Candidates;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>The managed runner beside OnnxRuntime: the same scores but for rounding, and the same actions wherever the choice is not within rounding.</summary>
public sealed class PolicyComparisonTests
{
    private const int Rows = 10_000;
    private const double Tolerance = 1e-6;

    private static readonly ActionSpace[] Spaces =
    [
        ActionSpace.Discrete(1), ActionSpace.Discrete(3), ActionSpace.Discrete(70), ActionSpace.MultiDiscrete([3, 1, 5]), ActionSpace.MultiBinary(4), ActionSpace.Box([-0.25f, float.NegativeInfinity, -1], [0.25f, 0.5f, 2]),
    ];

    [Test]
    public void Every_space_gives_the_results_of_onnx_runtime([ValueSource(nameof(Spaces))] ActionSpace space, [Values] Activation activation, [Values] bool isNormalized)
    {
        const int Length = 17;
        var random = new RandomSource(3);
        var observations = Enumerable.Range(0, Rows * Length).Select(_ => (float)(1.5 * random.NextGaussian())).ToArray();
        var distribution = ActionDistribution.For(space, initialLogStandardDeviation: -0.5);
        using var policy = new StochasticPolicy(PerceptronModel.Create(Length, [64, 64], distribution.NetworkOutputs, activation, outputGain: 1, new RandomSource(1)), distribution)
        {
            Normalizer = isNormalized ? Normalizer(observations, Length) : null,
        };

        // The exponential of ELU rounds differently in the two engines, and its hidden values have no upper bound: one case differs by 1.3e-6.
        Compare(policy.Export(Support.Policies.Metadata(space, Length)), observations, space, activation == Activation.Elu ? 2 * Tolerance : Tolerance);
    }

    [TestCaseSource(typeof(MaskedRows), nameof(MaskedRows.Spaces))]
    public void Masks_give_the_results_of_onnx_runtime(ActionSpace space) => Compare(MaskedRows.Onnx(space), MaskedRows.Observations(space, Rows), space);

    [Test]
    public void Candidates_give_the_results_of_onnx_runtime([Values(0, 5)] int context, [Values(1, 3, 40)] int candidates, [Values] Activation activation, [Values] bool isNormalized)
    {
        var onnx = CandidateGraph.Onnx(context, candidates, features: 7, [33, 8], activation, isNormalized);
        Compare(onnx, [.. CandidateGraph.Observations(1_000, context, candidates, features: 7, new RandomSource(3)).SelectMany(row => row)], ActionSpace.Discrete(candidates), 4 * Tolerance);
        using var session = Trpo.Onnx.PolicySession.Open(onnx);
        Assert.That(session.Engine, Is.EqualTo(Trpo.Onnx.PolicyEngine.Managed));
    }

    [Test]
    public void Scores_of_candidates_are_those_of_every_kernel()
    {
        var onnx = CandidateGraph.Onnx(context: 5, candidates: 6, features: 7, [33, 8], Activation.Tanh);
        float[] observations = [.. CandidateGraph.Observations(50, context: 5, candidates: 6, features: 7, new RandomSource(3)).SelectMany(row => row)];
        var results = RowKernel.All.SelectMany(kernel => new[] { 1, 3, 50 }.Select(together =>
        {
            var (managed, scores) = (Policy.Open(onnx, "the model", kernel), new float[300]);
            for (var row = 0; row < 50; row += together)
            {
                var count = Math.Min(together, 50 - row);
                managed.Evaluate(observations.AsSpan(row * managed.ObservationLength, count * managed.ObservationLength), new float[count], scores.AsSpan(6 * row, 6 * count));
            }

            return scores;
        })).ToList();
        Assert.That(results, Is.All.EqualTo(results[0]));
    }

    [TestCase(1, 1, Activation.Tanh)]
    [TestCase(3, 5, Activation.Elu)]
    [TestCase(4, 33, Activation.Silu)]
    [TestCase(130, 100, Activation.Tanh)]
    [TestCase(130, 100, Activation.Elu)]
    public void Layers_of_any_size_are_those_of_every_kernel(int inputs, int hidden, Activation activation)
    {
        var distribution = ActionDistribution.For(Support.Policies.Vectors, initialLogStandardDeviation: 0);
        using var policy = new StochasticPolicy(PerceptronModel.Create(inputs, [hidden, hidden], 2, activation, outputGain: 1, new RandomSource(1)), distribution);
        var onnx = policy.Export(Support.Policies.Metadata(Support.Policies.Vectors, inputs));
        float[] observations = [.. Support.Policies.Observations(100, inputs).SelectMany(row => row)];
        Compare(onnx, observations, Support.Policies.Vectors);

        // Each output is summed in the same order, however many outputs and rows are summed at once.
        var results = RowKernel.All.SelectMany(kernel => new[] { 1, 2, 3, 7, 100 }.Select(together =>
        {
            var (managed, scores) = (Policy.Open(onnx, "the model", kernel), new float[200]);
            for (var row = 0; row < 100; row += together)
            {
                var count = Math.Min(together, 100 - row);
                managed.Evaluate(observations.AsSpan(row * inputs, count * inputs), new float[2 * count], scores.AsSpan(2 * row, 2 * count));
            }

            return scores;
        })).ToList();
        Assert.That(results, Is.All.EqualTo(results[0]));
    }

    private static void Compare(byte[] onnx, float[] observations, ActionSpace space, double tolerance = Tolerance)
    {
        var policy = Policy.Open(onnx);
        var rows = observations.Length / policy.ObservationLength;
        var expected = new OnnxReference(onnx, new Dictionary<string, float[]> { ["observation"] = observations }, rows);
        var (actions, scores, deviations) = (new float[rows * space.Length], new float[rows * space.ScoreLength], new float[space is BoxActionSpace ? rows * space.Length : 0]);
        policy.Evaluate(observations, actions, scores, deviations);

        var scale = expected.Scores.Max(MathF.Abs);
        var worst = scores.Zip(expected.Scores, (score, reference) => Math.Abs(score - (double)reference)).Max() / scale;
        TestContext.Out.WriteLine($"{space}: largest difference {worst:G3} of the scale {scale:G3}.");
        Assert.That(worst, Is.LessThan(tolerance));
        Assert.That(deviations, Is.EqualTo(expected.LogStandardDeviations));
        for (var row = 0; row < rows; row++)
        {
            var action = actions.AsSpan(row * space.Length, space.Length).ToArray();
            var reference = expected.Actions.AsSpan(row * space.Length, space.Length).ToArray();
            if (space is BoxActionSpace)
                Assert.That(action, Is.EqualTo(reference).Within(tolerance * scale), $"row {row}");
            else if (!action.AsSpan().SequenceEqual(reference))
                Assert.That(Margin(space, expected.Scores.AsSpan(row * space.ScoreLength, space.ScoreLength).ToArray()), Is.LessThan(2 * tolerance), $"row {row}");
        }
    }

    // The smallest difference between the best and the second-best choice of a dimension.
    private static double Margin(ActionSpace space, float[] score)
    {
        if (space is MultiBinaryActionSpace)
            return score.Min(probability => Math.Abs(probability - 0.5));
        var start = 0;
        var margin = 1.0;
        foreach (var count in space.ChoiceCounts)
        {
            float[] best = [.. score[start..(start + count)].OrderDescending().Take(2)];
            margin = Math.Min(margin, best.Length == 2 ? best[0] - best[1] : 1);
            start += count;
        }

        return margin;
    }

    private static ObservationNormalizer Normalizer(float[] observations, int length)
    {
        var normalizer = new ObservationNormalizer(length, length);
        var statistics = normalizer.CreateStatistics();
        foreach (var observation in observations.Chunk(length).Take(500))
            statistics.Add([.. observation.Select((value, slot) => (slot * value) + slot)], normalizer.Mean);
        normalizer.Advance(statistics);
        return normalizer;
    }
}
