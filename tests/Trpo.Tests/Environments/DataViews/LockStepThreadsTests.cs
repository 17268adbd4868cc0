using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>Tests of several threads, and of nested trainings, on one view: each training reads its own environments, and every other reader gets the table.</summary>
public sealed class LockStepThreadsTests
{
    private readonly MLContext _ml = new(seed: 1);
    private EnvironmentDataView _environment = null!;

    [SetUp]
    public void Load() => _environment = CartPoles();

    [Test]
    public void Trainings_behind_transforms_on_one_view_at_once_do_not_disturb_each_other()
    {
        var environment = CartPoles();
        var alone = Train(environment, environment);
        var together = new byte[4][];
        Parallel.For(0, together.Length, i =>
        {
            // The normalizer is fitted on the table, maybe while another training opens its cursors.
            for (var repetition = 0; repetition < 3; repetition++)
                together[i] = Train(environment, environment);
        });

        Assert.That(together, Is.All.EqualTo(alone));
    }

    [Test]
    public void Readers_on_threads_of_their_own_get_the_table_while_cursors_are_opened()
    {
        var environment = CartPoles();
        var table = Table(environment);
        List<float[]>? other = null;
        using var opening = new ManualResetEventSlim();
        var reader = new Thread(() =>
        {
            opening.Wait();
            other = Table(environment);
        });
        reader.Start();
        var data = new HookedDataView(environment, open: source =>
        {
            opening.Set();
            reader.Join();
            return source();
        });

        using var environments = new TransformedVectorEnvironment(environment, 1, data, data.Schema["Observation"]);
        Assert.That(other, Is.EqualTo(table));
        Assert.That(Table(environment), Is.EqualTo(table), "after the cursors are open, the thread itself gets the table");
    }

    [Test]
    public void A_training_inside_the_opening_of_another_one_does_not_disturb_it()
    {
        var environment = CartPoles();
        var alone = Train(environment, environment);
        byte[]? nested = null;
        var isNested = false;
        var data = new HookedDataView(environment, open: source =>
        {
            // Once the inner training has opened its cursors, the outer one opens its own.
            if (!isNested)
            {
                isNested = true;
                nested = Trainer(environment).Fit(new HookedDataView(environment)).Onnx.ToArray();
            }

            return source();
        });
        var outer = Trainer(environment).Fit(data).Onnx.ToArray();

        Assert.That(nested, Is.EqualTo(outer).And.EqualTo(Trainer(environment).Fit(environment).Onnx.ToArray()));
        Assert.That(Train(environment, environment), Is.EqualTo(alone));
    }

    [Test]
    public void A_training_inside_the_opening_of_another_view_does_not_disturb_it()
    {
        var (first, second) = (CartPoles(), CartPoles());
        byte[]? inner = null;
        var data = new HookedDataView(first, open: source =>
        {
            inner ??= Trainer(second).Fit(new HookedDataView(second)).Onnx.ToArray();
            return source();
        });

        Assert.That(Trainer(first).Fit(data).Onnx.ToArray(), Is.EqualTo(inner).And.EqualTo(Trainer(second).Fit(second).Onnx.ToArray()));
    }

    [Test]
    public void A_failed_opening_leaves_the_view_a_table()
    {
        var environment = CartPoles();
        var table = Table(environment);
        var data = new HookedDataView(environment, open: _ => throw new TimeoutException());

        Assert.That(() => new TransformedVectorEnvironment(environment, 1, data, data.Schema["Observation"]), Throws.TypeOf<TimeoutException>());
        Assert.That(Table(environment), Is.EqualTo(table));
    }

    [Test]
    public void Rows_can_be_read_on_another_thread_than_the_one_that_opened_the_cursors()
    {
        var environment = CartPoles();
        var data = _ml.Transforms.NormalizeMeanVariance("Observation").Fit(environment).Transform(environment);
        using var here = new TransformedVectorEnvironment(environment, 1, data, data.Schema["Observation"]);
        using var elsewhere = new TransformedVectorEnvironment(environment, 1, data, data.Schema["Observation"]);
        var expected = Play(here, step => step());

        Assert.That(Play(elsewhere, OnAnotherThread), Is.EqualTo(expected), "each row on a thread of its own");
    }

    [Test]
    public void A_row_that_is_read_on_another_thread_than_the_one_that_offered_it_is_refused() =>
        AssertRefused(new HookedDataView(_environment, moveNext: cursor =>
        {
            var hasRow = false;
            OnAnotherThread(() => hasRow = cursor.MoveNext());
            return hasRow;
        }));

    [Test]
    public void A_row_that_is_read_ahead_is_refused() =>
        AssertRefused(new HookedDataView(_environment, moveNext: cursor => cursor.MoveNext() | cursor.MoveNext()));

    [Test]
    public void A_row_that_is_left_unread_is_refused() =>
        AssertRefused(new HookedDataView(_environment, moveNext: _ => true));

    [TestCase(false)]
    [TestCase(true)]
    public void Two_cursors_over_the_environment_are_refused(bool onAnotherThread)
    {
        var data = new HookedDataView(_environment, open: source =>
        {
            if (onAnotherThread)
                OnAnotherThread(() => source().Dispose());
            else
                source().Dispose();
            return source();
        });

        Assert.That(() => Trainer(_environment).Fit(data), Throws.TypeOf<LockStepException>().With.Message.Contains("2 times"));
    }

    [Test]
    public void A_cursor_may_be_opened_on_another_thread()
    {
        var data = new HookedDataView(_environment, open: source =>
        {
            DataViewRowCursor cursor = null!;
            OnAnotherThread(() => cursor = source());
            return cursor;
        });

        Assert.That(Trainer(_environment).Fit(data).Onnx.ToArray(), Is.EqualTo(Trainer(_environment).Fit(_environment).Onnx.ToArray()));
    }

    [Test]
    public void Without_transforms_the_policy_observes_a_vector_column_of_the_environment()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(TypedRow.Environment, count: 2);
        using var environments = new TransformedVectorEnvironment(environment, 2, environment, environment.Schema["Demand"]);
        environments.Queue.Reset(new RandomSource(1));
        environments.Unwrapped.Step(1, [0]);
        var (first, second) = (new float[2], new float[2]);
        environments.Read(0, first);
        environments.Read(1, second);

        Assert.That(environments.ObservationLength, Is.EqualTo(2));
        Assert.That(first, Is.EqualTo(new float[] { 1, 2 }));
        Assert.That(second, Is.EqualTo(new float[] { 3, 4 }));
    }

    private EnvironmentDataView CartPoles() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, rows: 100);

    private TrpoEstimator Trainer(EnvironmentDataView environment) =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 96, StepsPerIteration = 48, HiddenLayers = [4], Seed = 1 });

    private byte[] Train(EnvironmentDataView environment, IDataView data) =>
        _ml.Transforms.NormalizeMeanVariance("Observation").Append(Trainer(environment)).Fit(data).LastTransformer.Onnx.ToArray();

    private void AssertRefused(HookedDataView data) =>
        Assert.That(() => Trainer(_environment).Fit(data), Throws.TypeOf<LockStepException>().With.Message.Contains("HookedDataView").And.Message.Contains("row by row"));

    private static List<float[]> Table(EnvironmentDataView environment) => [.. environment.GetColumn<float[]>("Observation")];

    private static List<float[]> Play(TransformedVectorEnvironment environments, Action<Action> run)
    {
        environments.Queue.Reset(new RandomSource(1));
        var rows = new List<float[]>();
        for (var step = 0; step < 20; step++)
        {
            var row = new float[environments.ObservationLength];
            run(() => environments.Read(0, row));
            rows.Add(row);
            if (environments.Unwrapped.Step(0, [step % 2]).Ended)
                environments.Unwrapped.Reset(0, seed: null);
        }

        return rows;
    }

    private static void OnAnotherThread(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
    }
}
