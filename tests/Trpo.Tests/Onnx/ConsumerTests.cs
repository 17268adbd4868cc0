using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>ML.NET's own transforms, filters, trainers and metrics behind a policy, each of which must meet the rows that belong together.</summary>
public sealed class ConsumerTests
{
    private const int Rows = 300;

    private static readonly string[] Names = ["left", "stay", "right"];

    private readonly MLContext _ml = new(seed: 1);
    private readonly PolicyTransformer _policy = Support.Policies.Transformer(Support.Policies.Choices);
    private IDataView _view = null!;
    private List<ChoiceOutput> _expected = null!;

    [OneTimeSetUp]
    public void Score()
    {
        _view = _policy.Transform(Source(Rows));
        _expected = Read(_view);
        Assert.That(_expected.Select(row => row.Action).Distinct().Count(), Is.EqualTo(3), "every action occurs");
    }

    [OneTimeTearDown]
    public void DisposePolicy() => _policy.Dispose();

    [Test]
    public void Row_objects_may_be_used_again()
    {
        var seen = _ml.Data.CreateEnumerable<ChoiceOutput>(_view, reuseRowObject: true).Select(row => (row.Id, row.Action, string.Join(' ', row.Score))).ToList();

        Assert.That(seen, Is.EqualTo(_expected.Select(row => (row.Id, row.Action, string.Join(' ', row.Score)))));
    }

    [Test]
    public void Filters_keep_rows_that_belong_together()
    {
        float[] Where(Func<ChoiceOutput, bool> condition) => [.. _expected.Where(condition).Select(row => row.Id)];
        AssertRows(_ml.Data.FilterRowsByColumn(_view, "Id", 100, 120), Where(row => row.Id is >= 100 and < 120));
        AssertRows(_ml.Data.FilterRowsByKeyColumnFraction(_view, "Action", 0, 1.0 / 3), Where(row => row.Action == 1));
        AssertRows(_ml.Data.FilterRowsByKeyColumnFraction(_view, "Action", 1.0 / 3, 1), Where(row => row.Action > 1));
        AssertRows(_ml.Data.FilterByCustomPredicate<ChoiceOutput>(_view, row => row.Action == 2), Where(row => row.Action != 2));
        AssertRows(_ml.Data.TakeRows(_ml.Data.SkipRows(_view, 17), 40), Where(row => row.Id is >= 17 and < 57));
    }

    [Test]
    public void Missing_actions_can_be_filtered_out()
    {
        var observations = Support.Policies.Observations(40);
        observations[3][1] = observations[20][0] = float.NaN;
        var view = _policy.Transform(Support.Policies.View(_ml, observations));

        Assert.That(_ml.Data.FilterRowsByMissingValues(view, "Action").GetColumn<float>("Id"), Is.EqualTo(Enumerable.Range(0, 40).Where(id => id is not (3 or 20))));
        Assert.That(_ml.Data.FilterRowsByMissingValues(view, "Score").GetColumn<float>("Id").Count(), Is.EqualTo(38));
    }

    [Test]
    public void Shuffles_and_caches_change_the_order_at_most()
    {
        var cached = _ml.Data.Cache(_view);
        AssertRows(cached, Ids());
        AssertRows(cached, Ids());
        Assert.That(Read(_ml.Data.ShuffleRows(_view, seed: 3)).Select(row => row.Id), Is.EquivalentTo(Ids()).And.Not.Ordered);
        AssertPairs(Read(_ml.Data.ShuffleRows(_view, seed: 3)));
        AssertPairs(Read(_policy.Transform(_ml.Data.ShuffleRows(Source(Rows), seed: 5))));
        AssertPairs(Read(_ml.Data.ShuffleRows(_policy.Transform(_ml.Data.Cache(Source(Rows))), seed: 7)));
        AssertRows(_policy.Transform(_ml.Data.Cache(Source(Rows))), Ids());
    }

    [Test]
    public void Cache_checkpoints_may_stand_on_both_sides()
    {
        var before = _ml.Transforms.CopyColumns("Copy", "Id").AppendCacheCheckpoint(_ml).Append(_ml.Transforms.NormalizeMinMax("Copy")).Fit(Source(Rows));
        using var chain = before.Append(Another());
        AssertRows(chain.Transform(Source(Rows)), Ids());

        var behind = new EstimatorChain<ITransformer>().Append(_ml.Transforms.CopyColumns("Kept", "Score")).AppendCacheCheckpoint(_ml).Append(_ml.Transforms.NormalizeMinMax("Kept"));
        AssertRows(behind.Fit(_view).Transform(_view), Ids());

        static PolicyTransformer Another() => Support.Policies.Transformer(Support.Policies.Choices);
    }

    [Test]
    public void Conversions_of_the_action_know_its_names()
    {
        var conversions = _ml.Transforms.Conversion.MapKeyToValue("Name", "Action")
            .Append(_ml.Transforms.Conversion.MapKeyToVector("Vector", "Action"))
            .Append(_ml.Transforms.Categorical.OneHotEncoding("OneHot", "Action"))
            .Append(_ml.Transforms.CopyColumns("Copy", "Action"))
            .Append(_ml.Transforms.Concatenate("Features", "Score", "Observation"))
            .Append(_ml.Transforms.SelectColumns("Name", "Vector", "OneHot", "Copy", "Features"));
        var view = conversions.Fit(_view).Transform(_view);

        Assert.Multiple(() =>
        {
            Assert.That(view.Schema.Select(column => column.Name), Is.EquivalentTo(new[] { "Name", "Vector", "OneHot", "Copy", "Features" }));
            Assert.That(view.GetColumn<string>("Name"), Is.EqualTo(_expected.Select(row => Names[row.Action - 1])));
            Assert.That(view.GetColumn<float[]>("Vector").Select(vector => Array.IndexOf(vector, 1) + 1), Is.EqualTo(_expected.Select(row => row.Action)));
            Assert.That(SchemaText.SlotNames(view.Schema["Vector"]), Is.EqualTo(Names));
            var slots = SchemaText.SlotNames(view.Schema["OneHot"]);
            Assert.That(view.GetColumn<float[]>("OneHot").Select(vector => slots[Array.IndexOf(vector, 1)]), Is.EqualTo(view.GetColumn<string>("Name")));
            Assert.That(SchemaText.KeyValues(view.Schema["Copy"]), Is.EqualTo(Names));
            Assert.That(SchemaText.SlotNames(view.Schema["Features"])[..3], Is.EqualTo(new[] { "Score.left", "Score.stay", "Score.right" }));
            Assert.That(view.GetColumn<float[]>("Features").Select(features => features[..3]), Is.EqualTo(_expected.Select(row => row.Score)));
        });
    }

    [Test]
    public void A_preview_shows_what_there_is()
    {
        var preview = _view.Preview(20);

        Assert.That(preview.ColumnView.Select(column => column.Column.Name), Is.EqualTo(new[] { "Observation", "Id", "Action", "Score" }));
        Assert.That(preview.ColumnView[2].Values, Is.EqualTo(_expected.Take(20).Select(row => row.Action)));
        Assert.That(preview.RowView, Has.Length.EqualTo(20));
    }

    [Test]
    public void A_stock_trainer_learns_from_the_outputs_of_the_policy()
    {
        var pipeline = _ml.Transforms.CopyColumns("Label", "Action").AppendCacheCheckpoint(_ml)
            .Append(_ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", "Score"));
        using var model = pipeline.Fit(_view);
        var scored = model.Transform(_view);
        var metrics = _ml.MulticlassClassification.Evaluate(scored);

        Assert.That(metrics.MicroAccuracy, Is.GreaterThan(0.9));
        Assert.That(scored.Schema.Single(column => column.Name == "Score" && column.IsHidden).Index, Is.EqualTo(3), "theirs hides ours");
    }

    [Test]
    public void Stock_metrics_compare_the_action_with_a_label()
    {
        var labelled = _ml.Transforms.CopyColumns("Label", "Action").Fit(_view).Transform(_view);
        var metrics = _ml.MulticlassClassification.Evaluate(labelled, predictedLabelColumnName: "Action");
        var expected = _expected.Average(row => -Math.Log(row.Score[row.Action - 1]));

        Assert.That(metrics.MacroAccuracy, Is.EqualTo(1));
        Assert.That(metrics.LogLoss, Is.EqualTo(expected).Within(1e-5));
        Assert.That(metrics.ConfusionMatrix.GetFormattedConfusionTable(), Does.Contain("left").And.Contain("stay").And.Contain("right"));
    }

    [Test]
    public void Splits_divide_the_rows()
    {
        var split = _ml.Data.TrainTestSplit(_view, testFraction: 0.25, seed: 1);
        var (train, test) = (Read(split.TrainSet), Read(split.TestSet));
        AssertPairs(train);
        AssertPairs(test);

        Assert.That(train.Concat(test).Select(row => row.Id), Is.EquivalentTo(Ids()));
        Assert.That(test, Has.Count.InRange(Rows / 8, Rows / 2));
        foreach (var fold in _ml.Data.CrossValidationSplit(_view, numberOfFolds: 3, seed: 1))
            AssertPairs(Read(fold.TestSet));
    }

    private static float[] Ids() => [.. Enumerable.Range(0, Rows).Select(id => (float)id)];

    private void AssertRows(IDataView view, IEnumerable<float> ids)
    {
        var rows = Read(view);
        Assert.That(rows.Select(row => row.Id), Is.EqualTo(ids));
        AssertPairs(rows);
    }

    private void AssertPairs(List<ChoiceOutput> rows)
    {
        Assert.That(rows, Is.Not.Empty);
        Assert.That(rows.Select(row => row.Action), Is.EqualTo(rows.Select(row => _expected[(int)row.Id].Action)));
        Assert.That(rows.SelectMany(row => row.Score), Is.EqualTo(rows.SelectMany(row => _expected[(int)row.Id].Score)).Within(1e-6f));
    }

    private IDataView Source(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));

    private List<ChoiceOutput> Read(IDataView view) => [.. _ml.Data.CreateEnumerable<ChoiceOutput>(view, reuseRowObject: false, ignoreMissingColumns: true)];
}
