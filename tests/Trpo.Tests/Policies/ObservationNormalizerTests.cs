using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Policies;

public sealed class ObservationNormalizerTests
{
    [Test]
    public void Only_clips_before_the_first_observations()
    {
        Assert.That(Normalized(new ObservationNormalizer(3, 3), 1, -2, 11), Is.EqualTo(new float[] { 1, -2, 10 }));
    }

    [Test]
    public void Applies_the_mean_and_standard_deviation_of_everything_observed()
    {
        // The mean of 1, 2, 3 and 6 is 3 and the variance 3.5, in any division into batches.
        var normalizer = new ObservationNormalizer(1, 1);
        Advance(normalizer, [1]);
        Advance(normalizer, [2], [3]);
        Advance(normalizer, [6]);

        Assert.That(Normalized(normalizer, 4)[0], Is.EqualTo(1 / Math.Sqrt(3.5)).Within(1e-6));
    }

    [Test]
    public void Is_constant_until_it_advances()
    {
        var normalizer = Of([1], [3]);
        var statistics = normalizer.CreateStatistics();
        statistics.Add([100], normalizer.Mean);
        Assert.That(Normalized(normalizer, 3), Is.EqualTo(new float[] { 1 }));

        normalizer.Advance(statistics);
        Assert.That(Normalized(normalizer, 3)[0], Is.LessThan(0));
    }

    [Test]
    public void Does_not_scale_a_constant()
    {
        var normalizer = Of([0.1f, 0], [0.1f, 0], [0.1f, 0]);
        Assert.That(Normalized(normalizer, 0.1f, 0.5f), Is.EqualTo(new[] { 0, 0.5f }));
    }

    [Test]
    public void Normalizes_the_smallest_numbers_to_finite_values()
    {
        // The reciprocal of their standard deviation exceeds float32.
        var normalizer = Of([0], [1e-40f], [2e-40f]);
        Assert.That(Normalized(normalizer, 0)[0], Is.InRange(-1, -0.01));
        Assert.That(Normalized(normalizer, 1e-40f)[0], Is.Zero.Within(1e-5));
    }

    [Test]
    public void Resolves_small_deviations_from_a_large_mean()
    {
        // A sum of squares would lose the variance of 2/3 beside 1e12.
        var normalizer = Of([999_999], [1_000_000], [1_000_001]);
        for (var i = 0; i < 10_000; i++)
            Advance(normalizer, [999_999 + (i % 3)]);

        Assert.That(Normalized(normalizer, 1_000_001)[0], Is.EqualTo(1 / Math.Sqrt(2.0 / 3)).Within(1e-3));
    }

    [Test]
    public void Does_not_normalize_the_slots_of_a_mask()
    {
        var normalizer = new ObservationNormalizer(count: 1, length: 3);
        Advance(normalizer, [1, 0, 1], [3, 1, 1]);

        Assert.That(Normalized(normalizer, 3, 0, 1), Is.EqualTo(new float[] { 1, 0, 1 }));
    }

    [Test]
    public void Is_part_of_the_exported_policy()
    {
        var distribution = ActionDistribution.For(Support.Policies.Choices, 0);
        var perceptron = PerceptronModel.Create(4, [8], distribution.NetworkOutputs, Activation.Tanh, outputGain: 2, new RandomSource(1));
        var rows = Support.Policies.Observations(1_000).Select(row => row.Select((value, i) => (value * (i + 1)) + (100 * i)).ToArray()).ToArray();
        using var policy = new StochasticPolicy(perceptron, distribution) { Normalizer = Of(rows[..500]) };
        using var session = PolicySession.Open(policy.Export(Support.Policies.Metadata(Support.Policies.Choices)));
        using var batch = session.CreateBatch(rows.Length);
        for (var row = 0; row < rows.Length; row++)
            rows[row].CopyTo(batch.Observation(row));
        batch.Run(rows.Length);

        var normalized = rows.SelectMany(row => Normalized(policy.Normalizer, row)).ToArray();
        var logits = new double[rows.Length * 3];
        policy.Evaluate([.. rows.SelectMany(row => row)], logits);
        Assert.That(normalized.Max(Math.Abs), Is.LessThan(5), "the network distinguishes the values");
        for (var row = 0; row < rows.Length; row++)
        {
            var exponentials = logits.AsSpan(3 * row, 3).ToArray().Select(Math.Exp).ToArray();
            Assert.That(batch.Score(row).ToArray(), Is.EqualTo(exponentials.Select(value => value / exponentials.Sum())).Within(1e-5));
        }
    }

    private static ObservationNormalizer Of(params float[][] rows)
    {
        var normalizer = new ObservationNormalizer(rows[0].Length, rows[0].Length);
        Advance(normalizer, rows);
        return normalizer;
    }

    private static void Advance(ObservationNormalizer normalizer, params float[][] rows)
    {
        var statistics = normalizer.CreateStatistics();
        foreach (var row in rows)
            statistics.Add(row, normalizer.Mean);
        normalizer.Advance(statistics);
    }

    private static float[] Normalized(ObservationNormalizer normalizer, params float[] observation)
    {
        var normalized = new float[observation.Length];
        normalizer.Apply(observation, normalized);
        return normalized;
    }
}
