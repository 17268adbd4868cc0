using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>One policy and many threads: every row once, and with what belongs to it.</summary>
public sealed class ParallelConsumerTests
{
    private const int Rows = 3_000;

    private readonly MLContext _ml = new(seed: 1);
    private readonly float[][] _observations = Support.Policies.Observations(Rows);
    private readonly PolicyTransformer _policy = Support.Policies.Transformer(Support.Policies.Choices);
    private List<ChoiceOutput> _expected = null!;

    [OneTimeSetUp]
    public void Score() => _expected = [.. _ml.Data.CreateEnumerable<ChoiceOutput>(_policy.Transform(Source()), reuseRowObject: false)];

    [OneTimeTearDown]
    public void DisposePolicy() => _policy.Dispose();

    [Test]
    public void A_set_of_cursors_has_every_row_once()
    {
        var view = _policy.Transform(_ml.Data.Cache(Source()));
        var cursors = view.GetRowCursorSet(view.Schema, 4);

        Assert.That(cursors, Has.Length.GreaterThan(1), "a cache is read by several at once");
        AssertEachRowOnce(ReadAtOnce(cursors, view.Schema));
    }

    [Test]
    public void A_set_of_cursors_of_a_stock_transform_behind_it_has_every_row_once()
    {
        foreach (var source in new[] { Source(), _ml.Data.Cache(Source()) })
        {
            var scored = _policy.Transform(source);
            var view = _ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(scored).Transform(scored);
            var cursors = view.GetRowCursorSet(view.Schema, 4);

            Assert.That(cursors, Has.Length.GreaterThan(1));
            AssertEachRowOnce(ReadAtOnce(cursors, view.Schema));
        }
    }

    [Test]
    public void Rows_that_were_scored_by_several_cursors_come_in_the_order_of_the_source()
    {
        var cached = _ml.Data.Cache(Source());
        var scored = _policy.Transform(_ml.Transforms.NormalizeMinMax("Scaled", "Id").Fit(cached).Transform(cached));
        var view = _ml.Transforms.NormalizeMinMax("Score").Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action")).Fit(scored).Transform(scored);

        Assert.That(view.GetColumn<float>("Id"), Is.EqualTo(Enumerable.Range(0, Rows)));
        Assert.That(view.GetColumn<uint>("Action"), Is.EqualTo(_expected.Select(row => row.Action)));
    }

    [Test]
    public void Many_views_of_one_policy_are_read_at_once()
    {
        Parallel.ForEach(Enumerable.Range(0, 16), new ParallelOptions { MaxDegreeOfParallelism = 8 }, part =>
        {
            var ids = Enumerable.Range(part * 100, 100).ToList();
            var view = _policy.Transform(Support.Policies.View(new MLContext(), ids.Select(id => _observations[id])));
            Assert.That(_policy.GetOutputSchema(view.Schema), Has.Count.EqualTo(6), "the policy stands behind itself");
            Assert.That(view.GetColumn<uint>("Action"), Is.EqualTo(ids.Select(id => _expected[id].Action)));
        });
    }

    [Test]
    public void One_view_is_read_by_many_at_once()
    {
        var view = _policy.Transform(Source());
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.That(view.GetColumn<uint>("Action"), Is.EqualTo(_expected.Select(row => row.Action))));
    }

    [Test]
    public void Every_thread_may_have_its_engine()
    {
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, thread =>
        {
            using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(_policy, new PredictionEngineOptions { OwnsTransformer = false });
            for (var i = thread; i < 1_000; i += 3)
            {
                var output = engine.Predict(new() { Observation = _observations[i], Id = i });
                Assert.That((output.Action, output.Id), Is.EqualTo((_expected[i].Action, (float)i)));
                Assert.That(output.Score, Is.EqualTo(_expected[i].Score).Within(1e-6f));
            }
        });
    }

    private void AssertEachRowOnce(List<(float Id, uint Action, float[] Score)> rows)
    {
        Assert.That(rows.Select(row => row.Id).Order(), Is.EqualTo(Enumerable.Range(0, Rows)));
        Assert.That(rows.Select(row => row.Action), Is.EqualTo(rows.Select(row => _expected[(int)row.Id].Action)));
        Assert.That(rows.SelectMany(row => row.Score), Is.EqualTo(rows.SelectMany(row => _expected[(int)row.Id].Score)).Within(1e-6f));
    }

    // Cursors of a set may wait for each other, so each has a thread of its own.
    private static List<(float Id, uint Action, float[] Score)> ReadAtOnce(DataViewRowCursor[] cursors, DataViewSchema schema)
    {
        var rows = new ConcurrentBag<(float, uint, float[])>();
        Task.WaitAll(cursors.Select(cursor => Task.Factory.StartNew(
            () =>
            {
                using var owned = cursor;
                var (id, action, score) = (cursor.GetGetter<float>(schema["Id"]), cursor.GetGetter<uint>(schema["Action"]), cursor.GetGetter<VBuffer<float>>(schema["Score"]));
                while (cursor.MoveNext())
                {
                    var (idValue, actionValue, scoreValue) = (0f, 0u, default(VBuffer<float>));
                    id(ref idValue);
                    action(ref actionValue);
                    score(ref scoreValue);
                    rows.Add((idValue, actionValue, [.. scoreValue.DenseValues()]));
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray());
        return [.. rows];
    }

    private IDataView Source() => Support.Policies.View(_ml, _observations);
}
