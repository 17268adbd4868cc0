using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Tests.Logs;

/// <summary>Tests that the estimators agree with an independent implementation.</summary>
public sealed class EstimatorFixtureTests
{
    private const double Tolerance = 1e-9;

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void Estimates_and_standard_errors_agree(string name)
    {
        var log = LogFixture.Load(name);

        Assert.Multiple(() =>
        {
            Assert.That(log.Estimates, Has.Length.EqualTo(17));
            foreach (var expected in log.Estimates)
            {
                var actual = MeanOfTerms.Of(Terms(log.Rows, expected.Name, expected.Parameter));
                Assert.That(actual.Value, Is.EqualTo(expected.Value).Within(Tolerance), $"{expected}");
                Assert.That(actual.StandardError, Is.EqualTo(expected.StandardError).Within(Tolerance), $"{expected}");
            }
        });
    }

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void Gains_over_the_log_agree(string name)
    {
        var log = LogFixture.Load(name);

        Assert.That(log.Gains, Has.Length.EqualTo(2));
        foreach (var expected in log.Gains)
        {
            var actual = MeanOfTerms.Gain(Terms(log.Rows, expected.Name, null), log.Rewards);
            Assert.That(actual.Value, Is.EqualTo(expected.Value).Within(Tolerance), expected.Name);
            Assert.That(actual.StandardError, Is.EqualTo(expected.StandardError).Within(Tolerance), expected.Name);
        }
    }

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void Statistics_of_the_weights_agree(string name)
    {
        var log = LogFixture.Load(name);
        var weights = WeightStatistics.Of(log.Rows);

        Assert.That(weights.EffectiveSampleSize, Is.EqualTo(log.EffectiveSampleSize).Within(Tolerance));
        Assert.That(weights.Mean.Value, Is.EqualTo(log.MeanWeight).Within(Tolerance));
        Assert.That(weights.MaxWeight, Is.EqualTo(log.MaxWeight).Within(Tolerance));
    }

    [TestCaseSource(typeof(LogFixture), nameof(LogFixture.Names))]
    public void Normal_intervals_agree(string name)
    {
        var log = LogFixture.Load(name);
        var quantile = NormalQuantile.Of(0.975);

        foreach (var (terms, expected) in new[] { (DoublyRobust.Terms(log.Rows), log.DoublyRobustInterval), (SelfNormalizedScoring.Terms(log.Rows), log.SelfNormalizedInterval) })
        {
            var mean = MeanOfTerms.Of(terms);
            Assert.That(mean.Value - (quantile * mean.StandardError), Is.EqualTo(expected[0]).Within(Tolerance));
            Assert.That(mean.Value + (quantile * mean.StandardError), Is.EqualTo(expected[1]).Within(Tolerance));
        }
    }

    private static double[] Terms(OffPolicyRows rows, string name, double? parameter) => name switch
    {
        "DM" => DirectMethod.Terms(rows),
        "IPS" => InversePropensityScoring.Terms(rows, parameter),
        "SNIPS" => SelfNormalizedScoring.Terms(rows, parameter),
        "DR" => DoublyRobust.Terms(rows, parameter),
        "SNDR" => SelfNormalizedDoublyRobust.Terms(rows),
        "SwitchDR" => SwitchDoublyRobust.Terms(rows, parameter),
        "DRos" => ShrunkDoublyRobust.Terms(rows, parameter),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No estimator has this name."),
    };
}
