using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>A scored view reads its source once, a batch ahead, and gives each row what belongs to it.</summary>
public sealed class PolicyCursorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Only_active_columns_are_computed()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var read = 0;
        var source = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1_000).Select(id =>
        {
            read++;
            return new PolicyInput { Observation = [id, 1, 1, 1], Id = id };
        }));
        var view = policy.Transform(source);

        Assert.That(read, Is.Zero, "nothing before a row is asked for");
        Assert.That(view.GetColumn<uint>("Action").First(), Is.InRange(1, 3));
        Assert.That(read, Is.LessThan(50), "the first batch is small");
    }

    [Test]
    public void A_source_that_can_be_read_once_is_read_once()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var queue = new Queue<float[]>(Support.Policies.Observations(100));
        IEnumerable<PolicyInput> Drain()
        {
            while (queue.TryDequeue(out var observation))
                yield return new PolicyInput { Observation = observation, Id = queue.Count };
        }

        var rows = _ml.Data.CreateEnumerable<Passed>(policy.Transform(_ml.Data.LoadFromEnumerable(Drain())), reuseRowObject: false).ToList();
        using var batch = policy.Session.CreateBatch(1);

        Assert.That(rows.Select(row => row.Id), Is.EqualTo(Enumerable.Range(0, 100).Reverse()));
        foreach (var row in rows)
        {
            row.Observation.CopyTo(batch.Observation(0));
            batch.Run(1);
            Assert.That(row.Action, Is.EqualTo(batch.Choice(0) + 1), "the action is that of the observation beside it");
        }
    }

    [Test]
    public void Columns_of_every_kind_pass_through_with_their_rows()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var rows = Enumerable.Range(0, 300).Select(i => new Mixed { Observation = [i, 1, 1, 1], Text = $"row {i}", Flag = i % 2 == 0, Sparse = i % 3 == 0 ? [] : [i, 0, i] }).ToList();
        var scored = _ml.Data.CreateEnumerable<Mixed>(policy.Transform(_ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(scored.Select(row => row.Text), Is.EqualTo(rows.Select(row => row.Text)));
            Assert.That(scored.Select(row => row.Flag), Is.EqualTo(rows.Select(row => row.Flag)));
            Assert.That(scored.Select(row => row.Sparse), Is.EqualTo(rows.Select(row => row.Sparse)));
            Assert.That(scored.Select(row => row.Observation), Is.EqualTo(rows.Select(row => row.Observation)));
        });
    }

    [Test]
    public void Rows_before_a_failure_of_the_source_are_returned_and_the_failure_is_thrown_again()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var observations = Support.Policies.Observations(20);
        IEnumerable<PolicyInput> Failing()
        {
            foreach (var observation in observations)
                yield return new PolicyInput { Observation = observation };
            throw new TimeoutException();
        }

        var expected = policy.Transform(Support.Policies.View(_ml, observations)).GetColumn<uint>("Action").ToList();
        var view = policy.Transform(_ml.Data.LoadFromEnumerable(Failing()));
        using var cursor = view.GetRowCursorSet([view.Schema["Action"]], 1)[0];
        var action = cursor.GetGetter<uint>(view.Schema["Action"]);
        var read = new List<uint>();
        Assert.That(
            () =>
            {
                while (cursor.MoveNext())
                {
                    uint value = 0;
                    action(ref value);
                    read.Add(value);
                }
            },
            Throws.InstanceOf<Exception>());

        Assert.That(read, Is.EqualTo(expected));
        Assert.That(() => cursor.MoveNext(), Throws.InstanceOf<Exception>());
    }

    [Test]
    public void A_cursor_without_a_current_row_throws()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = policy.Transform(View(1));
        using var cursor = view.GetRowCursor(view.Schema);
        var action = cursor.GetGetter<uint>(view.Schema["Action"]);
        uint value = 0;

        Assert.That(cursor.Position, Is.EqualTo(-1));
        Assert.That(() => action(ref value), Throws.InvalidOperationException);
        Assert.That(cursor.MoveNext(), Is.True);
        action(ref value);
        Assert.That(value, Is.InRange(1, 3));
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(() => action(ref value), Throws.InvalidOperationException);
        Assert.That(() => cursor.GetGetter<float>(view.Schema["Action"]), Throws.InvalidOperationException.With.Message.Contains("'Action'"));
    }

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));

    private sealed class Passed
    {
        public float[] Observation { get; set; } = [];

        public float Id { get; set; }

        public uint Action { get; set; }
    }

    private sealed class Mixed
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];

        public string Text { get; set; } = "";

        public bool Flag { get; set; }

        public double[] Sparse { get; set; } = [];
    }
}
