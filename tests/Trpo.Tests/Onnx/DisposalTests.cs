using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Disposed objects free their resources once and throw afterwards; OnnxRuntime would end the process.</summary>
public sealed class DisposalTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_chain_disposes_its_policy()
    {
        var policy = Policy();
        var chain = _ml.Transforms.NormalizeMinMax("Observation").Fit(View(20)).Append(policy);
        var view = chain.Transform(View(20));
        Assert.That(view.GetColumn<uint>("Action").Count(), Is.EqualTo(20));
        chain.Dispose();
        chain.Dispose();
        policy.Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(() => view.GetColumn<uint>("Action").Count(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => chain.Transform(View(20)).GetColumn<float[]>("Score").Count(), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => policy.Session.CreateBatch(1), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy).Predict(new() { Observation = [1, 2, 3, 4] }), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(view.GetColumn<float>("Id").Count(), Is.EqualTo(20), "what needs no policy is still there");
        });
    }

    [Test]
    public void Cursors_that_are_open_end_with_an_exception()
    {
        var policy = Policy();
        var view = policy.Transform(View(100));
        using var cursor = view.GetRowCursor([view.Schema["Action"]]);
        Assert.That(cursor.MoveNext(), Is.True);
        policy.Dispose();

        Assert.That(() => ReadToEnd(cursor), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Threads_that_score_meanwhile_end_with_an_exception()
    {
        const int Readers = 4;
        var policy = Policy();
        using var reading = new CountdownEvent(Readers);
        var readers = Enumerable.Range(0, Readers).Select(reader => Task.Factory.StartNew(
            () =>
            {
                using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy, new PredictionEngineOptions { OwnsTransformer = false });
                Assert.That(engine.Predict(new() { Observation = [1, 2, 3, 4] }).Action, Is.Positive);
                var view = policy.Transform(View(1_000));
                reading.Signal();
                while (true)
                {
                    if (reader % 2 == 0)
                        Assert.That(view.GetColumn<uint>("Action").Count(), Is.EqualTo(1_000));
                    else
                        engine.Predict(new() { Observation = [1, 2, 3, 4] });
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        reading.Wait();
        policy.Dispose();

        foreach (var reader in readers)
            Assert.That(() => reader.Wait(TimeSpan.FromMinutes(1)), Throws.TypeOf<AggregateException>().With.InnerException.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_cursor_frees_its_source_once([Values("Score", "Id")] string column, [Values(0, 5, 100)] int rows)
    {
        using var policy = Policy();
        var source = new WatchedView(View(40));
        var view = policy.Transform(source);
        var cursor = view.GetRowCursor([view.Schema[column]]);
        for (var row = 0; row < rows && cursor.MoveNext(); row++)
        {
        }

        cursor.Dispose();
        cursor.Dispose();
        Assert.That((source.Opened, source.Disposed), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_row_frees_its_source_once()
    {
        using var policy = Policy();
        var source = new WatchedView(View(1));
        var mapper = policy.GetRowToRowMapper(source.Schema);
        var row = mapper.GetRow(source.GetRowCursor(source.Schema), mapper.OutputSchema);
        row.Dispose();
        row.Dispose();

        Assert.That(source.Disposed, Is.EqualTo(1));
    }

    [Test]
    public void A_disposed_cursor_has_no_rows_like_a_stock_one([Values("Score", "Id")] string column)
    {
        using var policy = Policy();
        var view = policy.Transform(View(40));
        var stock = _ml.Transforms.CopyColumns("Copy", "Id").Fit(view).Transform(view);
        foreach (var cursor in new[] { view.GetRowCursor([view.Schema[column]]), stock.GetRowCursor([stock.Schema[column], stock.Schema["Copy"]]) })
        {
            var id = cursor.GetIdGetter();
            DataViewRowId value = default;
            Assert.That(cursor.MoveNext(), Is.True);
            cursor.Dispose();

            Assert.That(cursor.MoveNext(), Is.False);
            Assert.That(cursor.Position, Is.EqualTo(-1));
            Assert.That(() => id(ref value), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void Cursors_that_cannot_be_opened_leave_none_of_the_sources_open([Values(1, 2)] int count)
    {
        var policy = Policy();
        var source = new WatchedView(View(40));
        var view = policy.Transform(source);
        policy.Dispose();

        Assert.That(() => view.GetRowCursorSet([view.Schema["Action"]], count), Throws.TypeOf<ObjectDisposedException>());
        Assert.That((source.Opened, source.Disposed), Is.EqualTo((count, count)));
        Assert.That(() => view.GetRowCursor([view.Schema["Action"]]), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(source.Disposed, Is.EqualTo(source.Opened));
    }

    [Test]
    public void Undisposed_sessions_are_collected()
    {
        var abandoned = Abandon();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.That(abandoned.IsAlive, Is.False);
        using var policy = Policy();
        Assert.That(policy.Transform(View(20)).GetColumn<uint>("Action").Count(), Is.EqualTo(20));

        // Not inlined, so that no register of this method keeps what is abandoned.
        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference Abandon()
        {
            var policy = Policy();
            var view = policy.Transform(View(40));
            var cursor = view.GetRowCursor(view.Schema);
            cursor.MoveNext();
            return new WeakReference(policy);
        }
    }

    private static void ReadToEnd(DataViewRowCursor cursor)
    {
        while (cursor.MoveNext())
        {
        }
    }

    private static PolicyTransformer Policy() => Support.Policies.Transformer(Support.Policies.Choices);

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));
}
