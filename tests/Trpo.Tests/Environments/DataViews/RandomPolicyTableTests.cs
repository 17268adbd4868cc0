using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>The table of a random policy: computed once for all readers and threads, kept, cancellable, and with the same rows in every case.</summary>
public sealed class RandomPolicyTableTests
{
    private const int Rows = 500;

    private readonly MLContext _ml = new(seed: 1);
    private int _created;
    private int _disposed;
    private int _steps;

    [SetUp]
    public void ResetCounts() => (_created, _disposed, _steps) = (0, 0, 0);

    [Test]
    public void Fitting_several_transforms_makes_the_steps_of_one_table()
    {
        var view = View();
        var pipeline = _ml.Transforms.NormalizeMeanVariance("Observation").Append(_ml.Transforms.NormalizeMinMax("Observation")).Append(_ml.Transforms.NormalizeBinning("Observation"));
        pipeline.Fit(view);

        Assert.That(_steps, Is.InRange(1, Rows));
        Assert.That((_created, _disposed), Is.EqualTo((2, 2)), "one for the spaces, and one for the table");
    }

    [Test]
    public void Nothing_is_created_or_stepped_until_a_row_is_read()
    {
        var view = View();
        using (view.GetRowCursor(view.Schema))
            Assert.That((_created, _steps), Is.EqualTo((1, 0)));

        Assert.That((_created, _disposed), Is.EqualTo((1, 1)), "one for the spaces");
    }

    [Test]
    public void Rows_are_the_same_for_every_reader_and_equal_seeds()
    {
        var (view, other) = (View(), View());
        var first = Table(view);
        var partly = view.GetColumn<float[]>("Observation").Take(7).ToList();

        Assert.That(first, Has.Count.EqualTo(Rows));
        Assert.That(Table(view), Is.EqualTo(first));
        Assert.That(partly, Is.EqualTo(first.Take(7)));
        Assert.That(Table(other), Is.EqualTo(first));
        Assert.That(Table(View(seed: 1)), Is.Not.EqualTo(first));
    }

    [Test]
    public void Two_cursors_that_take_turns_share_the_rows()
    {
        var view = View();
        var expected = Table(View());
        _steps = 0;
        using (var first = view.GetRowCursor(view.Schema))
        using (var second = view.GetRowCursor(view.Schema))
        {
            var (a, b) = (first.GetGetter<VBuffer<float>>(view.Schema[0]), second.GetGetter<VBuffer<float>>(view.Schema[0]));
            VBuffer<float> value = default;
            for (var row = 0; row < Rows; row++)
            {
                Assert.That(first.MoveNext(), Is.True);
                a(ref value);
                Assert.That(value.DenseValues(), Is.EqualTo(expected[row]));
                if (row % 3 > 0)
                    continue;
                Assert.That(second.MoveNext(), Is.True);
                b(ref value);
                Assert.That(value.DenseValues(), Is.EqualTo(expected[row / 3]));
            }

            Assert.That(first.MoveNext(), Is.False);
        }

        Assert.That(_steps, Is.LessThanOrEqualTo(Rows));
    }

    [Test]
    public void Readers_on_several_threads_share_one_computation()
    {
        var view = View();
        var expected = Table(View());
        (_steps, _created, _disposed) = (0, 0, 0);
        using var barrier = new Barrier(4);
        var tables = new List<float[]>[4];
        var threads = tables.Select((_, i) => new Thread(() =>
        {
            barrier.SignalAndWait();
            tables[i] = Table(view);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        Assert.That(tables, Is.All.EqualTo(expected));
        Assert.That(_steps, Is.LessThanOrEqualTo(Rows));
        Assert.That((_created, _disposed), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_table_that_is_not_read_to_its_end_leaves_no_environment_open()
    {
        var view = View();
        var part = view.GetColumn<float[]>("Observation").Take(10).ToList();

        Assert.That(_steps, Is.LessThanOrEqualTo(10));
        Assert.That((_created, _disposed), Is.EqualTo((2, 2)));
        Assert.That(Table(view).Take(10), Is.EqualTo(part));
        Assert.That((_created, _disposed), Is.EqualTo((3, 3)));
    }

    [Test]
    public void A_table_that_is_too_large_to_be_kept_is_computed_by_every_reader()
    {
        // 65 rows of 2^20 values are more than 2^26 values.
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(
            () => new StepCounter(new ColumnsEnvironment(ObservationSpace.OfColumns(ObservationColumn.Number("x"), ObservationColumn.Vector("rest", (1 << 20) - 1)), ActionSpace.Discrete(2)), () => _steps++), count: 1, rows: 65);
        var (first, second) = (view.GetColumn<float>("x").ToList(), view.GetColumn<float>("x").ToList());

        Assert.That(second, Is.EqualTo(first));
        Assert.That(_steps, Is.InRange(66, 130));
    }

    [Test]
    public void Cancelling_ends_the_table_within_a_step()
    {
        using var source = new CancellationTokenSource();
        var view = View(beforeStep: () =>
        {
            if (_steps == 100)
                source.Cancel();
        }, cancellation: source.Token);
        var normalizer = _ml.Transforms.NormalizeMeanVariance("Observation");

        Assert.That(() => normalizer.Fit(view), Throws.InstanceOf<OperationCanceledException>().With.Property(nameof(OperationCanceledException.CancellationToken)).EqualTo(source.Token).And.Message.Contains($"of {Rows} rows"));
        Assert.That((_steps, _created, _disposed), Is.EqualTo((100, 2, 2)));
        Assert.That(() => normalizer.Fit(view), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_steps, Is.EqualTo(100));
    }

    [Test]
    public void A_step_that_fails_after_cancellation_is_a_cancellation()
    {
        using var source = new CancellationTokenSource();
        var view = View(beforeStep: () => throw (_steps < 20 ? new TimeoutException() : Cancel()), cancellation: source.Token);
        Assert.That(() => Table(view), Throws.TypeOf<EnvironmentException>());
        _steps = 50;

        Assert.That(() => Table(view), Throws.InstanceOf<OperationCanceledException>().With.InnerException.TypeOf<EnvironmentException>());

        TaskCanceledException Cancel()
        {
            source.Cancel();
            return new TaskCanceledException();
        }
    }

    [Test]
    public void A_kept_table_can_be_read_after_cancellation()
    {
        using var source = new CancellationTokenSource();
        var view = View(cancellation: source.Token);
        var table = Table(view);
        source.Cancel();

        Assert.That(Table(view), Is.EqualTo(table));
    }

    [Test]
    public void A_failure_reaches_every_reader_and_the_next_one_starts_again()
    {
        var expected = Table(View());
        _steps = 0;
        var fails = true;
        var view = View(beforeStep: () =>
        {
            if (fails && _steps == 50)
                throw new TimeoutException();
        });
        using (var other = view.GetRowCursor(view.Schema))
        {
            Assert.That(() => Table(view), Throws.TypeOf<EnvironmentException>().With.InnerException.TypeOf<TimeoutException>());
            Assert.That(
                () =>
                {
                    while (other.MoveNext())
                    {
                    }
                },
                Throws.TypeOf<EnvironmentException>());
        }

        fails = false;
        Assert.That(Table(view), Is.EqualTo(expected));
    }

    [Test]
    public void A_slow_table_reports_its_progress()
    {
        var ml = new MLContext(seed: 1);
        var messages = new List<string>();
        ml.Log += (_, log) =>
        {
            if (log.Source.Contains(nameof(EnvironmentDataView), StringComparison.Ordinal) && log.Kind == ChannelMessageKind.Info)
                messages.Add(log.RawMessage);
        };
        var clock = new ManualClock();
        var specification = new EnvironmentSpecification(() => new StepCounter(new CountingEnvironment(length: 100), () => clock.Advance(TimeSpan.FromSeconds(0.3))), episodeStepLimit: 100);
        var table = new RandomPolicyTable(specification, ml, rows: 50, seed: 0, CancellationToken.None, clock);
        for (var reader = 0; reader < 2; reader++)
        {
            using var rows = table.Open();
            while (rows.MoveNext())
            {
            }
        }

        // The first row costs no step. The second reader computes nothing.
        Assert.That(messages, Is.EqualTo(new[]
        {
            "Table of a random policy in environment 'Counting': 5 of 50 rows after 1.2 s.",
            "Table of a random policy in environment 'Counting': 39 of 50 rows after 11.4 s.",
            "Table of a random policy in environment 'Counting': 50 of 50 rows after 14.7 s.",
        }));
    }

    [Test]
    public void Loading_an_environment_draws_no_random_number_of_the_context()
    {
        Assert.That(Train(views: 3), Is.EqualTo(Train(views: 1)));

        static byte[] Train(int views)
        {
            var ml = new MLContext(seed: 1);
            var view = Enumerable.Range(0, views).Select(_ => ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1, rows: 20)).Last();
            Table(view);
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, new TrpoOptions { TotalSteps = 64, StepsPerIteration = 32, HiddenLayers = [4] }).Fit(view);
            return policy.Onnx.ToArray();
        }
    }

    private EnvironmentDataView View(int seed = 0, Action? beforeStep = null, CancellationToken cancellation = default) => _ml.ReinforcementLearning.LoadFromEnvironment(
        () =>
        {
            _created++;
            return new Disposable(new StepCounter(new CartPole(), () =>
            {
                _steps++;
                beforeStep?.Invoke();
            }), () => _disposed++);
        },
        count: 1,
        rows: Rows,
        seed: seed,
        cancellation: cancellation);

    private static List<float[]> Table(EnvironmentDataView view) => [.. view.GetColumn<float[]>("Observation")];

    private sealed class Disposable(IEnvironment inner, Action dispose) : IEnvironment, IDisposable
    {
        public string Name => inner.Name;

        public ObservationSpace ObservationSpace => inner.ObservationSpace;

        public ActionSpace ActionSpace => inner.ActionSpace;

        public void Reset(int? seed, Span<float> observation) => inner.Reset(seed, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation) => inner.Step(action, observation);

        public void Dispose() => dispose();
    }
}
