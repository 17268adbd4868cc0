using System.Globalization;
using Trpo.Estimators;
using Trpo.Estimators.Display;
using Trpo.Estimators.Logs.Learning;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>The texts of progress, letter by letter.</summary>
public sealed class ProgressTextTests
{
    private static readonly TrpoIteration Iteration = Iterations.Healthy(1) with
    {
        Steps = 96_000,
        TotalSteps = 200_000,
        Elapsed = TimeSpan.FromSeconds(2),
        MeanReturnOfLast100 = 487.31,
        Update = Iterations.Accepted(0.0096),
    };

    [TestCase(200, " 48%   96k of 200k steps  return  487.3  KL  0.0096  48k steps/s  2 s left")]
    [TestCase(80, " 48%   96k of 200k steps  return  487.3  KL  0.0096  48k steps/s  2 s left")]
    [TestCase(70, " 48%   96k of 200k steps  return  487.3  48k steps/s  2 s left")]
    [TestCase(50, " 48%   96k of 200k steps  return  487.3  2 s left")]
    [TestCase(40, " 48%  return  487.3  2 s left")]
    [TestCase(20, " 48%  return  487.3")]
    [TestCase(10, " 48%")]
    [TestCase(4, " 48")]
    [TestCase(1, " ")]
    public void A_line_that_is_rewritten_keeps_what_matters_most_within_the_width(int width, string expected) =>
        Assert.That(ProgressText.Join([LineOf(Iteration)], Math.Max(width - 1, 1)), Is.EqualTo(expected));

    [Test]
    public void A_line_that_stays_has_all_digits_of_the_steps() =>
        Assert.That(ProgressText.Of(LineOf(Iteration), isEnded: false), Is.EqualTo(" 48%   96,000 of 200,000 steps  return  487.3  KL  0.0096  48,000 steps/s  2 s left"));

    [Test]
    public void The_last_line_has_the_time_that_training_took()
    {
        var last = Iteration with { Steps = 200_000, Elapsed = TimeSpan.FromSeconds(4.16) };

        Assert.That(ProgressText.Of(LineOf(last), isEnded: true), Is.EqualTo("100%  200,000 of 200,000 steps  return  487.3  KL  0.0096  48,077 steps/s  after 4.2 s"));
    }

    [Test]
    public void There_is_no_return_before_the_first_episode_ends() =>
        Assert.That(ProgressText.Of(LineOf(Iteration with { MeanReturnOfLast100 = double.NaN }), isEnded: false), Does.Contain("  no episode yet  ").And.Not.Contain("NaN"));

    [TestCase(0)]
    [TestCase(-1)]
    public void Unknown_totals_leave_percent_and_time_out(int total) =>
        Assert.That(ProgressText.Of(LineOf(Iteration with { TotalSteps = total }), isEnded: false), Is.EqualTo("96,000 steps  return  487.3  KL  0.0096  48,000 steps/s"));

    [Test]
    public void A_training_without_a_time_has_neither_a_speed_nor_an_end() =>
        Assert.That(ProgressText.Of(LineOf(Iteration with { Elapsed = TimeSpan.Zero }), isEnded: false), Is.EqualTo(" 48%   96,000 of 200,000 steps  return  487.3  KL  0.0096"));

    [TestCase(199_999, 200_000, 2, " 99%")]
    [TestCase(1_000, 2_000_000, 1, "33 min left")]
    [TestCase(1_000, 200_000_000, 1, "55.6 h left")]
    [TestCase(100, 200, 1e4, "0.01 steps/s")]
    [TestCase(1_234, 200_000, 1, "1,234 of 200k steps")]
    [TestCase(1_234_567, 2_000_000, 1, "1.2M of 2.0M steps")]
    [TestCase(123_456_789, 2_000_000_000, 1, "123M of 2000M steps")]
    public void Sizes_are_short(int steps, int total, double seconds, string part) =>
        Assert.That(ProgressText.Join([LineOf(Iteration with { Steps = steps, TotalSteps = total, Elapsed = TimeSpan.FromSeconds(seconds) })], 200), Does.Contain(part));

    [TestCase(-1203.44, "return  -1203")]
    [TestCase(0.00012346, "return 0.0001235")]
    [TestCase(1.5e7, "return 1.5E+07")]
    public void Returns_have_significant_digits(double value, string part) =>
        Assert.That(ProgressText.Of(LineOf(Iteration with { MeanReturnOfLast100 = value }), isEnded: false), Does.Contain(part));

    [Test]
    public void The_culture_changes_nothing()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("de-DE");
            A_line_that_stays_has_all_digits_of_the_steps();
            Sizes_are_short(1_234_567, 2_000_000, 1, "1.2M of 2.0M steps");
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Test]
    public void Trainings_share_the_width_equally()
    {
        var (one, other) = (LineOf(Iteration, "CartPole"), LineOf(Iteration with { Steps = 4_000, MeanReturnOfLast100 = -1203.4 }, "Pendulum"));
        one.IsLabelled = other.IsLabelled = true;

        Assert.That(ProgressText.Join([one, other], 200), Is.EqualTo("CartPole   48%   96k of 200k steps  return  487.3  KL  0.0096  48k steps/s  2 s left | Pendulum    2%  4,000 of 200k steps  return  -1203  KL  0.0096  2,000 steps/s  2 min left"));
        Assert.That(ProgressText.Join([one, other], 79), Is.EqualTo("CartPole   48%  return  487.3 | Pendulum    2%  return  -1203"));
        Assert.That(ProgressText.Join([one, other], 40), Is.EqualTo("CartPole   48% | Pendulum    2%"));
        Assert.That(ProgressText.Join([one, other], 19), Is.EqualTo("CartPole | 1 more"));
    }

    [Test]
    public void Learning_from_a_log_shows_the_value_on_the_held_out_rows_and_measures_its_speed()
    {
        var clock = new ManualClock();
        var line = new ProgressLine(null, "TrpoFromLog", isLive: false, "", clock);
        clock.Advance(TimeSpan.FromSeconds(100));
        var step = new TrpoFromLogIteration { Iteration = 1, Iterations = 50, Rows = 1_000, Update = Iterations.Accepted(0.02), Value = 0.5 };
        line.Update(TrpoFromLogProgress.Read(step));
        Assert.That(ProgressText.Of(line, isEnded: false), Is.EqualTo("  2%   1 of 50 steps  value    0.5  KL    0.02"), "one step has no speed");

        clock.Advance(TimeSpan.FromSeconds(8));
        line.Update(TrpoFromLogProgress.Read(step with { Iteration = 5, HeldOutValue = 0.5512, HeldOutError = 0.01 }));
        Assert.That(ProgressText.Of(line, isEnded: false), Is.EqualTo(" 10%   5 of 50 steps  held out 0.5512  KL    0.02  0.5 steps/s  2 min left"));
        Assert.That(ProgressText.Of(line, isEnded: true), Does.EndWith("  after 2 min"));
    }

    private static ProgressLine LineOf(TrpoIteration iteration, string label = "training")
    {
        var line = new ProgressLine(null, label, isLive: true, "", new ManualClock());
        line.Update(TrpoProgress.Read(iteration));
        return line;
    }
}
