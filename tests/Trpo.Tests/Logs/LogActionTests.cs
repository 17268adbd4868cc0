using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Logs;

/// <summary>Tests that the actions of a log are those of a rule: by name where keys have values, and in a number that nothing changes.</summary>
public sealed class LogActionTests
{
    private static readonly LogColumns Columns = new();

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Keys_of_numbers_are_matched_by_value()
    {
        // The log meets action 2 first, which has key 1.
        var rows = Three();
        var view = Decision.View(_ml, rows);
        var keys = _ml.Transforms.Conversion.MapValueToKey("Key", "Action").Append(_ml.Transforms.Conversion.MapValueToKey("Float", "Probability")).Fit(view).Transform(view);
        var expected = Value(view, Columns, null);
        var named = Columns with { Action = "Key" };

        Assert.That(expected, Is.EqualTo(0.7 * 1 + 0.2 * 2 + 0.1 * 30).Within(1e-9));
        Assert.That(Value(keys, named, null), Is.EqualTo(expected).Within(1e-9));
        Assert.That(Value(keys, named, ActionSpace.Discrete(3)), Is.EqualTo(expected).Within(1e-9));
        Assert.That(_ml.ReinforcementLearning.CheckLog(keys, named).ActionNames, Is.EqualTo(new[] { "0", "1", "2" }));
        Assert.That(_ml.ReinforcementLearning.CheckLog(keys, Columns with { Action = "Float" }).ActionNames, Is.EqualTo(new[] { "0.25" }), "the invariant culture");

        double Value(IDataView log, LogColumns columns, DiscreteActionSpace? actions) =>
            _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.7, 0.2, 0.1], log, columns, new LogEvaluationOptions { Actions = actions })[OffPolicyEstimator.SNIPS].Value;
    }

    [Test]
    public void Keys_with_other_names_than_the_actions_are_refused()
    {
        var view = Decision.View(_ml, LogRefusalTests.Log());
        var keys = _ml.Transforms.Conversion.MapValueToKey("Key", "Name").Fit(view).Transform(view);
        var options = new LogEvaluationOptions { Actions = ActionSpace.Discrete(2) };

        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [1, 0], keys, Columns with { Action = "Key" }, options), Throws.ArgumentException.With.Message.Contains("The policy's actions are '0', '1', but the actions in column 'Key' of the log are 'a', 'b'"));
    }

    [TestCase("a", "a", "2 values of the key of column 'Key' have the name 'a'")]
    [TestCase("a", "", "Value 1 (from 0) of the key of column 'Key' has no name")]
    public void Keys_whose_names_are_no_names_are_refused(string first, string second, string message)
    {
        var schema = SchemaDefinition.Create(typeof(KeyRow));
        schema[nameof(KeyRow.Key)].ColumnType = new KeyDataViewType(typeof(uint), 2);
        schema[nameof(KeyRow.Key)].AddAnnotation("KeyValues", new VBuffer<ReadOnlyMemory<char>>(2, [first.AsMemory(), second.AsMemory()]), new VectorDataViewType(TextDataViewType.Instance, 2));
        var view = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new KeyRow { Key = (uint)(i % 2) + 1, Probability = 0.5, Reward = i % 3 }), schema);
        var columns = new LogColumns("Key") { Observation = null };

        Assert.That(() => _ml.ReinforcementLearning.CheckLog(view, columns), Throws.ArgumentException.With.Message.Contains(message));
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], view, columns), Throws.ArgumentException.With.Message.Contains(message));
    }

    [Test]
    public void A_rule_whose_arrays_change_in_length_is_refused()
    {
        var view = Decision.View(_ml, LogRefusalTests.Log());

        Assert.Multiple(() =>
        {
            foreach (var length in new[] { 1, 3 })
            {
                var row = 0;
                Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => row++ < 7 ? [0.5, 0.5] : [1, .. new double[length - 1]], view, Columns), Throws.TypeOf<ArgumentException>().With.Message.Contains($"In row 7 (from 0), the policy returned {length} probabilities, but 2 in the first row"));
            }
        });
    }

    [Test]
    public void A_mask_has_all_actions()
    {
        var rows = LogRefusalTests.Log();
        rows[5] = rows[5] with { Action = 2 };
        var (beyond, columns) = (Decision.View(_ml, rows), Columns with { Eligible = "Eligible" });
        var finding = _ml.ReinforcementLearning.CheckLog(beyond, columns).Findings.Single();

        Assert.That((finding.Fault, finding.Row), Is.EqualTo((LogFault.ActionUnknown, (long?)5)));
        Assert.That(finding.Message, Does.Contain("is 2, which is none of the actions '0', '1'"));
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], beyond, columns), Throws.TypeOf<LogException>().With.Message.Contains("is 2, which is none of the actions '0', '1'"));
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5, 0], Decision.View(_ml, LogRefusalTests.Log()), columns), Throws.TypeOf<ArgumentException>().With.Message.Contains("returned 3 probabilities for 2 actions"));
    }

    private static Decision[] Three() => [.. Enumerable.Range(0, 300).Select(i => (2 * (i + 1)) % 3).Select((action, i) => new Decision { Observation = [i % 7], Action = action, Probability = 0.25, Reward = action == 2 ? 30 : action + 1 })];

    [Test]
    public void Keys_without_a_count_are_refused()
    {
        var schema = SchemaDefinition.Create(typeof(KeyRow));
        schema[nameof(KeyRow.Key)].ColumnType = new KeyDataViewType(typeof(uint), uint.MaxValue);
        var view = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 10).Select(i => new KeyRow { Key = (uint)(i % 2) + 1, Probability = 0.5, Reward = i % 3 }), schema);
        var columns = new LogColumns("Key") { Observation = null };

        Assert.That(() => _ml.ReinforcementLearning.CheckLog(view, columns), Throws.ArgumentException.With.Message.Contains("Column 'Key' has keys without a count"));
        Assert.That(() => _ml.ReinforcementLearning.EvaluateFromLog(_ => [0.5, 0.5], view, columns), Throws.ArgumentException.With.Message.Contains("[KeyType(count)]"));
    }

    [Test]
    public void Numbers_are_matched_with_actions_whose_names_are_numbers()
    {
        var log = LogRefusalTests.Log();
        LogEvaluation Evaluate(string[] names, double[] probabilities) => _ml.ReinforcementLearning.EvaluateFromLog(_ => probabilities, Decision.View(_ml, log), Columns, new LogEvaluationOptions { Actions = ActionSpace.Discrete(names) });
        var (usual, reversed) = (Evaluate(["0", "1"], [0.25, 0.75]), Evaluate(["1", "0"], [0.75, 0.25]));

        Assert.That(reversed[OffPolicyEstimator.IPS].Value, Is.EqualTo(usual[OffPolicyEstimator.IPS].Value));
        Assert.That(reversed.Actions.Select(action => (action.Name, action.LogShare)), Is.EqualTo(usual.Actions.Reverse().Select(action => (action.Name, action.LogShare))));
        Assert.That(() => Evaluate(["10", "20"], [0.5, 0.5]), Throws.TypeOf<LogException>().With.Message.Contains("none of the actions '10', '20'"));
    }

    [Test]
    public void A_log_that_no_array_holds_is_refused()
    {
        Assert.That(() => LogSize.Check(Array.MaxLength / 1_000, 1_000), Throws.Nothing);
        Assert.That(() => LogSize.Check(2_000_000_000, 1_100), Throws.TypeOf<LogException>().With.Message.Contains("more than an array holds"));
    }

    private sealed class KeyRow
    {
        public uint Key { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
