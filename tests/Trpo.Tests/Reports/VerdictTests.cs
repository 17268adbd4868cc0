using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Reports.History;
using Trpo.Reports.Verdicts;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

public sealed class VerdictTests
{
    [Test]
    public void A_healthy_run_has_nothing_but_good_verdicts()
    {
        Assert.That(Grades(iteration => iteration).Values, Has.Exactly(10).EqualTo(VerdictGrade.Good).And.Exactly(10).Items);
    }

    [Test]
    public void A_run_that_has_just_begun_has_unknown_verdicts()
    {
        Assert.That(RunVerdicts.Of(RunHistory.Of(Iterations.HealthyRun().Take(9))).Select(verdict => verdict.Grade), Has.All.EqualTo(VerdictGrade.Unknown));
    }

    [TestCase(6, nameof(VerdictGrade.Bad))]
    [TestCase(3, nameof(VerdictGrade.Warning))]
    [TestCase(1, nameof(VerdictGrade.Good))]
    public void Rejected_updates_are_counted(int ofTen, string grade)
    {
        Assert.That(Grades(iteration => iteration.Iteration % 10 < ofTen ? iteration with { Update = Iterations.Rejected() } : iteration)["Rejected updates"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [Test]
    public void Many_rejected_updates_in_a_row_are_bad_even_long_ago()
    {
        Assert.That(Grades(iteration => iteration.Iteration is >= 20 and < 70 ? iteration with { Update = Iterations.Rejected(TrustRegionOutcome.KlExceeded) } : iteration)["Rejected updates"], Is.EqualTo(VerdictGrade.Bad));
        Assert.That(Grades(iteration => iteration.Iteration is >= 20 and < 69 ? iteration with { Update = Iterations.Rejected(TrustRegionOutcome.KlExceeded) } : iteration)["Rejected updates"], Is.EqualTo(VerdictGrade.Warning));
    }

    [TestCase(9, nameof(VerdictGrade.Good))]
    [TestCase(10, nameof(VerdictGrade.Warning))]
    public void Ten_rejected_updates_in_a_row_are_a_warning(int inARow, string grade)
    {
        Assert.That(Grades(iteration => iteration.Iteration >= 20 && iteration.Iteration < 20 + inARow ? iteration with { Update = Iterations.Rejected(TrustRegionOutcome.KlExceeded) } : iteration)["Rejected updates"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [Test]
    public void Gradients_of_zero_are_no_rejections()
    {
        Assert.That(Grades(iteration => iteration.Iteration > 40 ? iteration with { Update = Iterations.Rejected(TrustRegionOutcome.ZeroGradient) } : iteration)["Rejected updates"], Is.EqualTo(VerdictGrade.Good));
    }

    [TestCase(0.0101, nameof(VerdictGrade.Good))]
    [TestCase(0.011, nameof(VerdictGrade.Bad))]
    [TestCase(0.0002, nameof(VerdictGrade.Warning))]
    public void Steps_are_compared_with_the_trust_region(double kl, string grade)
    {
        Assert.That(Grades(iteration => iteration with { Update = Iterations.Accepted(kl) })["Policy steps"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [Test]
    public void Infinite_numbers_count_as_measurements()
    {
        Assert.That(Grades(iteration => iteration.Iteration == 50 ? iteration with { Update = Iterations.Accepted(double.PositiveInfinity) } : iteration)["Policy steps"], Is.EqualTo(VerdictGrade.Bad));
        Assert.That(Grades(iteration => iteration.Iteration > 90 ? iteration with { MeanReturnOfLast100 = double.NegativeInfinity } : iteration)["Learning"], Is.EqualTo(VerdictGrade.Bad));
    }

    [TestCase(0.012, nameof(VerdictGrade.Warning))]
    [TestCase(0.11, nameof(VerdictGrade.Bad))]
    public void A_single_step_out_of_the_trust_region_is_worth_a_look_unless_it_is_huge(double kl, string grade)
    {
        Assert.That(Grades(iteration => iteration.Iteration == 50 ? iteration with { Update = Iterations.Accepted(kl) } : iteration)["Policy steps"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [TestCase(0.5, nameof(VerdictGrade.Good))]
    [TestCase(0.125, nameof(VerdictGrade.Warning))]
    [TestCase(0.01, nameof(VerdictGrade.Bad))]
    public void Short_steps_are_detected(double fraction, string grade)
    {
        Assert.That(Grades(iteration => iteration with { Update = iteration.Update with { StepFraction = fraction } })["Line search"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [TestCase(0.015, nameof(VerdictGrade.Good))]
    [TestCase(0.004, nameof(VerdictGrade.Warning))]
    [TestCase(-0.01, nameof(VerdictGrade.Bad))]
    public void Improvement_is_compared_with_what_was_expected(double improvement, string grade)
    {
        Assert.That(Grades(iteration => iteration with { Update = iteration.Update with { Improvement = improvement } })["Improvement"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [TestCase(0.1, nameof(VerdictGrade.Good))]
    [TestCase(0.6, nameof(VerdictGrade.Warning))]
    [TestCase(3, nameof(VerdictGrade.Bad))]
    public void A_large_residual_is_detected(double residual, string grade)
    {
        var solved = new ConjugateGradientResult(ConjugateGradientOutcome.StepLimit, 10, Math.Pow(0.5 * residual, 2), 1);
        Assert.That(Grades(iteration => iteration with { Update = iteration.Update with { ConjugateGradient = solved } })["Conjugate gradients"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [Test]
    public void Low_explained_variance_is_good_while_returns_stay_at_their_best()
    {
        Assert.That(Grades(iteration => iteration with { ExplainedVariance = -3, MeanReturnOfLast100 = Math.Min(iteration.Iteration, 50) })["Value function"], Is.EqualTo(VerdictGrade.Good));
        Assert.That(Grades(iteration => iteration with { ExplainedVariance = -3, MeanReturnOfLast100 = Math.Min(iteration.Iteration, 90) })["Value function"], Is.EqualTo(VerdictGrade.Warning));
    }

    [Test]
    public void A_value_function_that_explains_nothing_is_bad_only_while_nothing_is_learned()
    {
        Assert.That(Grades(iteration => Still(iteration) with { ExplainedVariance = -0.1 })["Value function"], Is.EqualTo(VerdictGrade.Bad));
        Assert.That(Grades(iteration => Still(iteration) with { ExplainedVariance = iteration.Iteration > 60 ? -0.1 : 0.5 })["Value function"], Is.EqualTo(VerdictGrade.Warning));
        Assert.That(Grades(iteration => Rising(iteration) with { ExplainedVariance = -3 })["Value function"], Is.EqualTo(VerdictGrade.Warning));
        Assert.That(Grades(iteration => Rising(iteration) with { ExplainedVariance = 0.1 })["Value function"], Is.EqualTo(VerdictGrade.Warning));
        Assert.That(Grades(iteration => iteration with { ExplainedVariance = double.NaN })["Value function"], Is.EqualTo(VerdictGrade.Unknown));
    }

    [Test]
    public void Lost_entropy_is_bad_only_while_returns_stand_still()
    {
        Assert.That(Grades(iteration => Still(iteration) with { Entropy = iteration.Iteration > 50 ? 0.001 : 0.69 })["Entropy"], Is.EqualTo(VerdictGrade.Bad));
        Assert.That(Grades(iteration => iteration with { Entropy = iteration.Iteration > 50 ? 0.001 : 0.69 })["Entropy"], Is.EqualTo(VerdictGrade.Good));
        Assert.That(Grades(iteration => Still(iteration) with { Entropy = iteration.Iteration > 50 ? -4 : 1.4 })["Entropy"], Is.EqualTo(VerdictGrade.Warning));
        Assert.That(Grades(iteration => iteration with { Entropy = iteration.Iteration > 50 ? 3 : 1.4 })["Entropy"], Is.EqualTo(VerdictGrade.Warning));
    }

    [Test]
    public void A_policy_that_became_deterministic_is_a_warning_and_no_verdict_speaks_of_damping()
    {
        var verdicts = RunVerdicts.Of(RunHistory.Of(Iterations.HealthyRun(100).Select(iteration => iteration.Iteration <= 50 ? iteration : iteration with
        {
            Entropy = 1e-17,
            Update = iteration.Update with { MeanKl = 1e-4 * iteration.MaxKl, StepFraction = 1e-3 },
        })));

        Assert.That(verdicts.Single(verdict => verdict.Subject == "Entropy").Grade, Is.EqualTo(VerdictGrade.Warning));
        Assert.That(verdicts.Single(verdict => verdict.Subject == "Entropy").Finding, Does.Contain("deterministic in 50% of the iterations"));
        Assert.That(verdicts.Single(verdict => verdict.Subject == "Policy steps").Advice, Does.Contain("see Entropy"));
        Assert.That(verdicts.Single(verdict => verdict.Subject == "Line search").Advice, Does.Contain("see Entropy"));
        Assert.That(verdicts.Select(verdict => verdict.Advice ?? ""), Has.None.Contains("damping"));
    }

    [Test]
    public void Returns_that_fall_back_are_bad_and_returns_that_never_rise_a_warning()
    {
        Assert.That(Grades(iteration => iteration.Iteration > 80 ? iteration with { MeanReturnOfLast100 = 60 } : iteration)["Learning"], Is.EqualTo(VerdictGrade.Bad));
        Assert.That(Grades(iteration => iteration.Iteration > 80 ? iteration with { MeanReturnOfLast100 = 150 } : iteration)["Learning"], Is.EqualTo(VerdictGrade.Good));
        Assert.That(Grades(Still)["Learning"], Is.EqualTo(VerdictGrade.Warning));
    }

    [TestCase(1, nameof(VerdictGrade.Warning))]
    [TestCase(4, nameof(VerdictGrade.Bad))]
    public void Rollbacks_are_counted(int count, string grade)
    {
        Assert.That(Grades(iteration => iteration with { Rollbacks = iteration.Iteration > 30 ? count : 0 })["Rollbacks"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [TestCase(0, nameof(VerdictGrade.Good))]
    [TestCase(1, nameof(VerdictGrade.Warning))]
    public void Restarts_are_counted(int count, string grade)
    {
        Assert.That(Grades(iteration => iteration with { Restarts = iteration.Iteration > 30 ? count : 0 })["Restarts"], Is.EqualTo(Enum.Parse<VerdictGrade>(grade)));
    }

    [Test]
    public void A_run_without_accepted_steps_is_bad()
    {
        var grades = Grades(iteration => Still(iteration) with { Update = Iterations.Rejected(TrustRegionOutcome.NonFiniteGradient) with { ConjugateGradient = null } });

        Assert.That((grades["Rejected updates"], grades["Line search"]), Is.EqualTo((VerdictGrade.Bad, VerdictGrade.Bad)));
        Assert.That((grades["Policy steps"], grades["Conjugate gradients"], grades["Improvement"]), Is.EqualTo((VerdictGrade.Unknown, VerdictGrade.Unknown, VerdictGrade.Unknown)));
    }

    // To the end.
    private static TrpoIteration Rising(TrpoIteration iteration) => iteration with { MeanReturnOfLast100 = iteration.Iteration };

    private static TrpoIteration Still(TrpoIteration iteration) => iteration with { MeanReturnOfLast100 = 20 + (iteration.Iteration % 3) };

    private static Dictionary<string, VerdictGrade> Grades(Func<TrpoIteration, TrpoIteration> change, int count = 100) =>
        RunVerdicts.Of(RunHistory.Of(Iterations.HealthyRun(count).Select(change))).ToDictionary(verdict => verdict.Subject, verdict => verdict.Grade);
}
