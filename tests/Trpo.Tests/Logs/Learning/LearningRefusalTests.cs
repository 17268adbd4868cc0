using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests that a log from which nothing can be learned is refused, with the place and the remedy, and that a doubtful one is warned of.</summary>
public sealed class LearningRefusalTests
{
    private static IEnumerable<TestCaseData> Rows =>
    [
        new("p", (Decision row) => row with { Probability = 0 }, "In row 7 (from 0), the probability of the action in column 'Probability' is 0."),
        new("p > 1", (Decision row) => row with { Probability = 1.5 }, "is 1.5."),
        new("p^2", (Decision row) => row with { Probability = 1e-160 }, "In row 7 (from 0), the probability in column 'Probability' is 1E-160, so small that the square of the row's weight is infinite."),
        new("r", (Decision row) => row with { Reward = double.NaN }, "In row 7 (from 0), the reward in column 'Reward' is NaN. Join the reward"),
        new("x", (Decision row) => row with { Observation = [float.NaN] }, "In row 7 (from 0), value 0 of column 'Observation' is NaN."),
        new("a", (Decision row) => row with { Action = -2 }, "In row 7 (from 0), the action in column 'Action' is -2"),
    ];

    [TestCaseSource(nameof(Rows))]
    public void A_row_with_a_fault_is_refused(string name, object change, string message)
    {
        var rows = TinyLog.Rows();
        rows[7] = ((Func<Decision, Decision>)change)(rows[7]);

        Assert.That(() => TinyLog.Learn(rows), Throws.TypeOf<LogException>().With.Message.Contains(message).And.Property(nameof(LogException.Row)).EqualTo(7), name);
    }

    [Test]
    public void A_log_that_tells_nothing_is_refused()
    {
        var rows = TinyLog.Rows();
        Assert.Multiple(() =>
        {
            Assert.That(() => TinyLog.Learn([.. rows.Take(9)]), Throws.TypeOf<LogException>().With.Message.Contains("The log has 9 rows"));
            Assert.That(() => TinyLog.Learn([.. rows.Select(row => row with { Action = 1 })]), Throws.TypeOf<LogException>().With.Message.Contains("All 80 rows have the action '1'"));
            Assert.That(() => TinyLog.Learn([.. rows.Select(row => row with { Reward = 1_000.1 })]), Throws.TypeOf<LogException>().With.Message.Contains("All 80 rewards in column 'Reward' are 1000.1"));
            Assert.That(() => TinyLog.Learn([.. rows.Select((row, i) => row with { Reward = i % 2 == 0 ? double.MaxValue : double.MinValue })]), Throws.TypeOf<LogException>().With.Message.Contains("so that their sum is infinite"));
        });
    }

    [Test]
    public void Numbers_that_look_like_identifiers_are_refused() =>
        Assert.That(() => TinyLog.Learn([.. TinyLog.Rows().Select(row => row with { Action = row.Action + 10_000 })]), Throws.TypeOf<LogException>().With.Message.Contains("The numbers in column 'Action' are up to 10001, but most of those below never occur: they look like identifiers"));

    [Test]
    public void Columns_that_are_missing_or_of_another_type_are_refused()
    {
        var rows = TinyLog.Rows();
        Assert.Multiple(() =>
        {
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Probability = null }), Throws.ArgumentException.With.Message.Contains("names no column of probabilities"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Probability = "Chance" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find probability column 'Chance'"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns(Action: "Observation")), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("action column 'Observation': expected a key, a whole number or a text"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns(Reward: "Name")), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("reward column 'Name': expected a number"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Observation = "Reward" }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("observation column 'Reward': expected known-size Vector<Single>"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Observation = null }), Throws.ArgumentException.With.Message.Contains("LogColumns.Observation is null"));
            Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Eligible = "Eligible" }), Throws.ArgumentException.With.Message.Contains("Column 'Observation' has 1 values, where the policy reads which actions are eligible"));
        });
    }

    [Test]
    public void A_mask_that_is_not_in_the_observation_is_refused()
    {
        Decision[] rows = [.. TinyLog.Rows().Select((row, i) => row with { Observation = [row.Observation[0], 1, i == 5 ? 0 : 1] })];

        Assert.That(() => TinyLog.Learn(rows, columns: new LogColumns { Eligible = "Eligible" }), Throws.TypeOf<LogException>().With.Message.Contains("In row 5 (from 0), column 'Observation' ends otherwise").And.Message.Contains("Concatenate(\"Observation\", ..., \"Eligible\")"));
    }

    [Test]
    public void A_trainer_that_is_no_regression_is_refused()
    {
        var ml = new MLContext(seed: 1);
        var rows = TinyLog.Rows(40);

        Assert.That(() => TinyLog.Learn(rows, new TrpoFromLogOptions { RewardModel = RewardModel.Trainer(() => ml.Transforms.NormalizeMinMax("Features")) }), Throws.ArgumentException.With.Message.Contains("adds no column 'Score' of type Single"));
        Assert.That(() => TinyLog.Learn(rows, new TrpoFromLogOptions { RewardModel = RewardModel.Trainer(() => null!) }), Throws.InvalidOperationException.With.Message.Contains("returned null"));
    }

    [Test]
    public void Doubtful_logs_are_warned_of()
    {
        var ml = new MLContext(seed: 1);
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                warnings.Add(message.Message);
        };
        Decision[] rows = [.. TinyLog.Rows().Select(row => row with { Action = 2 * row.Action })];
        ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), new TrpoFromLogOptions { Iterations = 1 }).Fit(Decision.View(ml, rows)).Dispose();

        Assert.That(warnings, Has.Exactly(1).Contains("Of 3 actions, the rows that are learned from have none of '1'"));
        Assert.That(warnings, Has.Exactly(1).Contains("All probabilities in column 'Probability' are 0.5"));
    }

    [Test]
    public void Options_out_of_their_range_are_refused()
    {
        var ml = new MLContext(seed: 1);
        Assert.Multiple(() =>
        {
            Refused(new() { Estimator = (LearningEstimator)9 }, "Estimator must be one of DR, SNIPS, IPS");
            Refused(new() { Start = (LearningStart)9 }, "Start must be one of");
            Refused(new() { MaxInverseProbability = 0.5 }, "MaxInverseProbability must be at least 1");
            Refused(new() { Folds = 1 }, "Folds must be from 2 to 20");
            Refused(new() { HiddenLayers = [0] }, "HiddenLayers must be from 1");
            Refused(new() { TrustRegion = new() { MaxKl = 0 } }, "MaxKl must be positive");
            Refused(new() { Iterations = 0 }, "Iterations must be from 1");
            Refused(new() { BatchRows = 10 }, "BatchRows must be from 100");
            Refused(new() { HeldOutShare = 1 }, "HeldOutShare must be from 0 to 0.9");
            Refused(new() { MinEffectiveRows = -1 }, "MinEffectiveRows must be 0 or more");
            Refused(new() { Threads = 0 }, "Threads must be at least 1");
            Refused(new() { Columns = new PolicyColumns(Score: "Action") }, "both named 'Action'");
            Assert.That(() => RewardModel.Ridge(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => RewardModel.Network(steps: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        });

        void Refused(TrpoFromLogOptions options, string message) =>
            Assert.That(() => ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), options), Throws.InstanceOf<ArgumentException>().With.Message.Contains(message));
    }
}
