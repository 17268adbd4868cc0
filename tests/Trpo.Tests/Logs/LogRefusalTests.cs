using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs;

/// <summary>Tests that a log or a policy that cannot be evaluated is refused with the place and the remedy.</summary>
public sealed class LogRefusalTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    private static IEnumerable<TestCaseData> Rows =>
    [
        new(new Decision { Probability = 0 }, LogFault.ProbabilityInvalid, "In row 3 (from 0), the probability of the action in column 'Probability' is 0. It must be above 0"),
        new(new Decision { Probability = 1.5 }, LogFault.ProbabilityInvalid, "is 1.5."),
        new(new Decision { Probability = double.NaN }, LogFault.ProbabilityInvalid, "is NaN."),
        new(new Decision { Reward = double.NaN }, LogFault.RewardNotFinite, "In row 3 (from 0), the reward in column 'Reward' is NaN."),
        new(new Decision { Reward = double.PositiveInfinity }, LogFault.RewardNotFinite, "Join the reward"),
        new(new Decision { Observation = [0, float.NaN] }, LogFault.ObservationNotFinite, "value 1 of column 'Observation' is NaN"),
        new(new Decision { Action = -1 }, LogFault.ActionUnknown, "the action in column 'Action' is -1"),
        new(new Decision { Eligible = [1, 0.5f] }, LogFault.MaskInvalid, "value 1 of column 'Eligible' is 0.5"),
        new(new Decision { Eligible = [1, 0] }, LogFault.ActionNotEligible, "action '1' was taken, but column 'Eligible' has 0"),
    ];

    [TestCaseSource(nameof(Rows))]
    public void A_row_with_a_fault_is_refused_and_found(object row, LogFault kind, string message)
    {
        var fault = (Decision)row;
        var rows = Log();
        var sound = rows[3];
        rows[3] = sound with
        {
            Probability = fault.Probability != 0 || kind == LogFault.ProbabilityInvalid ? fault.Probability : sound.Probability,
            Reward = fault.Reward != 0 ? fault.Reward : sound.Reward,
            Observation = fault.Observation.Length > 0 ? fault.Observation : sound.Observation,
            Action = fault.Action != 0 ? fault.Action : sound.Action,
            Eligible = fault.Eligible.Length > 0 ? fault.Eligible : sound.Eligible,
        };
        var columns = Columns with { Eligible = "Eligible" };
        var report = _ml.ReinforcementLearning.CheckLog(Decision.View(_ml, rows), columns);
        var finding = report.Findings.Single(finding => finding.Fault == kind);

        Assert.That(() => Evaluate(rows, columns), Throws.TypeOf<LogException>().With.Message.Contains(message).And.Property(nameof(LogException.Row)).EqualTo(3));
        Assert.That(finding.Row, Is.EqualTo(3));
        Assert.That(finding.Message, Does.Contain(message));
        Assert.That(report.ThrowIfFailed, Throws.TypeOf<LogException>().With.Message.Contains($"Error {kind}"));
    }

    [Test]
    public void A_log_without_probabilities_is_refused()
    {
        Assert.That(() => Evaluate(Log(), Columns with { Probability = "Chance" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find probability column 'Chance'").And.Message.Contains("PolicyColumns.Probability"));
        Assert.That(() => Evaluate(Log(), Columns with { Probability = null }), Throws.ArgumentException.With.Message.Contains("names no column of probabilities"));
    }

    [Test]
    public void Columns_that_are_missing_or_of_another_type_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => Evaluate(Log(), Columns with { Action = "Choice" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("'Choice'").And.Message.Contains("'Reward'"));
            Assert.That(() => Evaluate(Log(), Columns with { Action = "Observation" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("action column 'Observation': expected a key, a whole number or a text"));
            Assert.That(() => Evaluate(Log(), Columns with { Reward = "Name" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("reward column 'Name': expected a number"));
            Assert.That(() => Evaluate(Log(), Columns with { Probability = "Name" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("probability column 'Name'"));
            Assert.That(() => Evaluate(Log(), Columns with { Observation = "Reward" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("observation column 'Reward': expected known-size Vector<Single>"));
            Assert.That(() => Evaluate(Log(), Columns with { Eligible = "Reward" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("mask column 'Reward'"));
            Assert.That(() => Evaluate(Log(), Columns with { Action = "Name" }), Throws.ArgumentException.With.Message.Contains("LogEvaluationOptions.Actions"));
        });
    }

    [Test]
    public void A_policy_with_other_actions_is_refused()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, observationLength: 2);
        using var box = Support.Policies.Transformer(Support.Policies.Vectors, observationLength: 2);
        var view = Decision.View(_ml, Log());
        var keys = _ml.Transforms.Conversion.MapValueToKey("Key", "Name").Fit(view).Transform(view);

        Assert.Multiple(() =>
        {
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(policy, keys, Columns with { Action = "Key" }), Throws.ArgumentException.With.Message.Contains("The policy's actions are 'left', 'stay', 'right'").And.Message.Contains("'a', 'b'"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(policy, view, Columns with { Action = "Name" }), Throws.TypeOf<LogException>().With.Message.Contains("is 'a', which is none of the actions 'left', 'stay', 'right'"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(policy, view, Columns with { Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("column 'Eligible' of the log has 2 values"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(box, view, Columns), Throws.ArgumentException.With.Message.Contains("Box(2)"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [1], view, Columns), Throws.TypeOf<ArgumentException>().With.Message.Contains("returned 1 probabilities for 2 actions"));
        });
    }

    [Test]
    public void Probabilities_of_a_policy_that_are_none_are_refused()
    {
        var view = Decision.View(_ml, [.. Log().Select((row, i) => row with { Eligible = i == 5 ? [0, 1] : [1, 1] })]);

        Assert.Multiple(() =>
        {
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.4], view, Columns), Throws.ArgumentException.With.Message.Contains("In row 0 (from 0), the policy's probabilities sum to 0.9"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [1.5, -0.5], view, Columns), Throws.ArgumentException.With.Message.Contains("the least is -0.5"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [double.NaN, 1], view, Columns), Throws.ArgumentException.With.Message.Contains("NaN"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => null!, view, Columns), Throws.ArgumentException.With.Message.Contains("returned null"));
            Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], view, Columns with { Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("In row 5 (from 0), the policy takes action '0' with probability 0.5, but column 'Eligible' forbids it"));
        });
    }

    [Test]
    public void Options_out_of_range_and_cancellation_are_refused()
    {
        var view = Decision.View(_ml, Log());

        Assert.That(() => Evaluate(new() { Level = 1 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Level"));
        Assert.That(() => Evaluate(new() { VerdictLevel = double.NaN }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("VerdictLevel"));
        Assert.That(() => Evaluate(new() { VerdictLevel = 0.49 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("VerdictLevel must be at least 0.5 and below 1"), "a verdict would say better of a loss");
        Assert.That(() => Evaluate(new() { Folds = 1 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Folds"));
        Assert.That(() => Evaluate(new() { Folds = 21 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Folds must be from 2 to 20"));
        Assert.That(() => Evaluate(new() { RidgePenalty = 0 }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Evaluate(new() { RidgePenalty = 9e-7 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("RidgePenalty must be at least 1E-06"));
        Assert.That(() => Evaluate(new() { SwitchThreshold = -1 }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("SwitchThreshold"));
        Assert.That(() => Evaluate(new() { Shrinkage = double.NaN }), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => Evaluate(new() { Cancellation = new CancellationToken(canceled: true) }), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => _ml.ReinforcementLearning.CheckLog(view, Columns, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());

        LogEvaluation Evaluate(LogEvaluationOptions options) => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], view, Columns, options);
    }

    [Test]
    public void Logs_that_tell_nothing_are_not_trusted_or_refused()
    {
        var constant = Evaluate([.. Log().Select(row => row with { Reward = 2 })], Columns);
        var single = Evaluate([.. Log().Select(row => row with { Action = 0, Probability = 1 })], Columns with { Eligible = "Eligible" });

        Assert.That(constant.IsTrustworthy, Is.False);
        Assert.That(constant.Doubt, Does.Contain("all rewards are 2"));
        Assert.That(single.Doubt, Does.Contain("takes actions that the log never has, above all '1', with a probability of 0.5"));
        Assert.That(new[] { constant, single }.Select(evaluation => evaluation.Gain.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
        Assert.That(() => Evaluate([.. Log().Take(1)], Columns), Throws.TypeOf<LogException>().With.Message.Contains("The log has 1 row;"));
    }

    internal static Decision[] Log() => [.. Enumerable.Range(0, 400).Select(i => new Decision
    {
        Observation = [i, (i * 7) % 11],
        Action = i % 2,
        Name = i % 2 == 0 ? "a" : "b",
        Probability = 0.5 + (0.001 * ((i / 2 % 5) - 2)),
        Reward = i % 3 == 0 ? 1 : -1,
        Eligible = [1, 1],
    })];

    private LogEvaluation Evaluate(Decision[] rows, LogColumns columns) => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], Decision.View(_ml, rows), columns);
}
