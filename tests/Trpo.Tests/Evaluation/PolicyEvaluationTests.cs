using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Evaluation;

/// <summary>Tests of the statistics of an evaluation.</summary>
public sealed class PolicyEvaluationTests
{
    [Test]
    public void Statistics_of_returns_and_lengths()
    {
        EpisodeResult[] episodes = [new(0, 11, 3, 4, true), new(1, 12, 10, 8, false), new(2, 13, 1, 4, true), new(3, 14, 2, 8, true)];
        var evaluation = new PolicyEvaluation(episodes, seed: 1, ActionSelection.Mode);

        Assert.That((evaluation.MinReturn, evaluation.MedianReturn, evaluation.MaxReturn, evaluation.MeanReturn), Is.EqualTo((1.0, 2.5, 10.0, 4.0)));
        Assert.That(evaluation.StandardDeviation, Is.EqualTo(Math.Sqrt(12.5)).Within(1e-12));
        Assert.That((evaluation.MeanLength, evaluation.LengthStandardDeviation), Is.EqualTo((6.0, 2.0)));
        Assert.That((evaluation.TerminatedEpisodes, evaluation.TruncatedEpisodes), Is.EqualTo((3, 1)));
        Assert.That(evaluation.ToString(), Does.Match(@"^4\.000 ± 3\.536 over 4 episodes \(mean \d\.\d{3} to \d\.\d{3} at 95%\)$"));
        Assert.That(Of([1, 2, 3]).MedianReturn, Is.EqualTo(2));
    }

    [TestCase(1e-6, @"^1E-06 ± 0 over 2 episodes \(mean 1E-06 to 1E-06 at 95%\)$")]
    [TestCase(-1e100, @"^-1E\+100 ± 0 over 2 episodes \(mean -1E\+100 to -1E\+100 at 95%\)$")]
    [TestCase(0, @"^0\.000 ± 0\.000 over 2 episodes")]
    [TestCase(0.25, @"^0\.250 ± 0\.000 over 2 episodes")]
    [TestCase(-123_456, @"^-123456\.0 ± 0\.0 over 2 episodes")]
    public void Means_of_every_size_are_readable(double value, string expected) => Assert.That(Of([value, value]).ToString(), Does.Match(expected));

    [TestCase(0, 10)]
    [TestCase(0.1, 14)]
    [TestCase(0.25, 20)]
    [TestCase(0.5, 30)]
    [TestCase(0.975, 49)]
    [TestCase(1, 50)]
    public void A_quantile_is_interpolated_linearly(double probability, double expected)
    {
        Assert.That(Bootstrap.Quantile([10, 20, 30, 40, 50], probability), Is.EqualTo(expected).Within(1e-12));
        Assert.That(Bootstrap.Quantile([7], probability), Is.EqualTo(7));
    }

    [TestCase(1)]
    [TestCase(10)]
    public void The_interval_of_equal_returns_is_that_return(int episodes)
    {
        // A sum of tenths is rounded, and so would be their mean.
        var interval = Of([.. Enumerable.Repeat(0.1, episodes)]).MeanReturnInterval();

        Assert.That(interval, Is.EqualTo(new ConfidenceInterval(0.1, 0.1, 0.95)));
    }

    [Test]
    public void The_interval_is_repeatable_and_depends_on_the_seed()
    {
        double[] returns = [3, 1, 4, 1, 5, 9, 2, 6];

        var (first, again) = (Of(returns), Of(returns));

        Assert.That(first.MeanReturnInterval(), Is.EqualTo(again.MeanReturnInterval()));
        Assert.That(Of(returns, seed: 2).MeanReturnInterval(0.9), Is.Not.EqualTo(Of(returns).MeanReturnInterval(0.9)));
    }

    // The mean of a resample of zeros and ones has a binomial distribution, whose quantiles are known.
    [TestCase(0.95)]
    [TestCase(0.6)]
    public void The_interval_of_zeros_and_ones_is_that_of_the_binomial_distribution(double level)
    {
        const int Count = 20;
        const double Share = 0.3;
        var interval = Of([.. Enumerable.Range(0, Count).Select(i => i < Share * Count ? 1.0 : 0)]).MeanReturnInterval(level);

        Assert.That(interval.Low, Is.EqualTo(Quantile((1 - level) / 2)).Within(1e-12));
        Assert.That(interval.High, Is.EqualTo(Quantile((1 + level) / 2)).Within(1e-12));

        static double Quantile(double probability)
        {
            var ones = 0;
            for (var (term, sum) = (Math.Pow(1 - Share, Count), 0.0); (sum += term) < probability; ones++)
                term *= Share / (1 - Share) * (Count - ones) / (ones + 1);
            return (double)ones / Count;
        }
    }

    [Test]
    public void Intervals_cover_the_mean_at_their_confidence_level()
    {
        const int Samples = 200;
        const double Mean = 3;
        var random = new RandomSource(1);
        var (of95, of50) = (0, 0);
        for (var sample = 0; sample < Samples; sample++)
        {
            var evaluation = Of([.. Enumerable.Range(0, 40).Select(_ => Mean + (2 * random.NextGaussian()))], sample);
            of95 += Holds(evaluation.MeanReturnInterval()) ? 1 : 0;
            of50 += Holds(evaluation.MeanReturnInterval(0.5)) ? 1 : 0;
        }

        Assert.That((double)of95 / Samples, Is.InRange(0.90, 0.98));
        Assert.That((double)of50 / Samples, Is.InRange(0.40, 0.60));

        static bool Holds(ConfidenceInterval interval) => interval.Low <= Mean && Mean <= interval.High;
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(95)]
    [TestCase(double.NaN)]
    public void A_level_is_between_0_and_1(double level) =>
        Assert.That(() => Of([1, 2]).MeanReturnInterval(level), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("level"));

    private static PolicyEvaluation Of(double[] returns, int seed = 1) =>
        new([.. returns.Select((value, i) => new EpisodeResult(i, i, value, 1, true))], seed, ActionSelection.Mode);
}
