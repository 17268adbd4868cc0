using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Columns;

/// <summary>Tests of objects and values that rows of raw columns are set from, and of the refusals of those that do not fit.</summary>
public sealed class RowObjectTests
{
    private TypedColumns _typed = null!;
    private PolicySession _session = null!;
    private PolicyBatch _batch = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _typed = new TypedColumns(Support.Policies.Choices);
        _session = PolicySession.Open(_typed.Onnx);
        _batch = _session.CreateBatch(2);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _batch.Dispose();
        _session.Dispose();
        _typed.Dispose();
    }

    // The fixture's tests run on whichever thread is free.
    [TearDown]
    public void Release() => _batch.ReleaseThread();

    [Test]
    public void Structs_fields_other_integers_for_keys_and_named_members_give_the_same_action()
    {
        foreach (var row in ChainRow.Training(50))
        {
            var expected = _session.ActOn(row);
            Assert.That(_session.ActOn(new ValueRow(row)), Is.EqualTo(expected));
            Assert.That(_session.ActOn(new FieldRow(row)), Is.EqualTo(expected));
        }
    }

    [Test]
    public void A_missing_text_or_key_is_no_category()
    {
        var row = ChainRow.Training(1)[0];
        (row.Color, row.Zone) = ("", 5);
        var expected = _session.ActOn(row);
        row.Color = null!;
        Assert.That(_session.ActOn(row), Is.EqualTo(expected));
        row.Color = "never seen";
        Assert.That(_session.ActOn(row), Is.EqualTo(expected));
    }

    [Test]
    public void Objects_without_a_column_or_of_another_type_are_refused_by_name()
    {
        Assert.That(() => _session.ActOn(new { Color = "red", Zone = 1u }), Throws.ArgumentException.With.Message.Contains("Gear (Int32)").And.Message.Contains("Position[3]").And.Message.Contains("ColumnName"));
        Assert.That(() => _session.ActOn(new { Color = "red", Zone = 1u, Zones = new uint[2], Gear = 1L, On = true, Forces = new double[3], Speed = 1f, Position = new float[3] }), Throws.ArgumentException.With.Message.Contains("'Gear' is of the type Int32").And.Message.Contains("Int64"));
        Assert.That(() => _session.ActOn(new { Color = new Uri("http://localhost"), Zone = 1u, Zones = new uint[2], Gear = 1, On = true, Forces = new double[3], Speed = 1f, Position = new float[3] }), Throws.ArgumentException.With.Message.Contains("Color is of the type Uri"));
        Assert.That(() => _session.ActOn(new { Color = "red", Zone = 1u, Zones = new uint[2], Gear = 1, On = true, Forces = (double[]?)null, Speed = 1f, Position = new float[3] }), Throws.ArgumentException.With.Message.Contains("'Forces' of the row is null"));
        Assert.That(() => _session.ActOn<ChainRow>(null!), Throws.ArgumentNullException);
    }

    [Test]
    public void Members_that_are_excluded_are_not_read_and_two_for_a_column_are_refused()
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));
        foreach (var observation in Support.Policies.Observations(20))
            Assert.That(session.ActOn(new ExcludingRow { Values = observation, observation = new float[4] }), Is.EqualTo(session.Act(observation)));

        Assert.That(() => session.ActOn(new TwiceRow()), Throws.ArgumentException.With.Message.Contains("several members for the column 'observation': Values, observation").And.Message.Contains("NoColumn"));
    }

    [Test]
    public void The_attribute_of_keys_on_another_column_is_refused()
    {
        using var session = PolicySession.Open(UnusedInputs.Add(LiteralPolicies.InOnnxRuntime(), "Zone", 1, Trpo.Onnx.Graph.Format.TensorProto.Types.DataType.Int64));

        Assert.That(() => session.ActOn(new KeyRow { observation = new float[4], Zone0 = 1 }), Throws.ArgumentException.With.Message.Contains("Zone0 (Int64) of this policy is no key"));
    }

    [Test]
    public void Values_that_do_not_fit_are_refused_by_name()
    {
        Assert.That(() => _batch.Set(0, "Colour", "red"), Throws.ArgumentException.With.Message.Contains("no column 'Colour'").And.Message.Contains("Color (Text)"));
        Assert.That(() => _batch.Set(0, "Speed", 1d), Throws.ArgumentException.With.Message.Contains("'Speed' is of the type Single, and a value of the type Double"));
        Assert.That(() => _batch.SetVector<float>(0, "Position", new float[2]), Throws.ArgumentException.With.Message.Contains("'Position' has 3 values in a row, and 2 were given"));
        Assert.That(() => _batch.Set(0, "Position", 1f), Throws.ArgumentException.With.Message.Contains("3 values"));
        Assert.That(() => _batch.Set(0, "Zone", 6), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("'Zone' are from 1 to 5"));
        Assert.That(() => _batch.Set(0, "Zone", -1L), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _batch.Set(0, "Zone", ulong.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _batch.Set(0, "Zone", 1f), Throws.ArgumentException.With.Message.Contains("Key"));
        Assert.That(() => _batch.Set(2, "Speed", 1f), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("2 rows"));
        Assert.That(() => _batch.Set(-1, "Speed", 1f), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _batch.Observation(0), Throws.InvalidOperationException.With.Message.Contains("Color (Text)").And.Message.Contains("SetRow"));
        Assert.That(() => _session.Act(new float[8]), Throws.InvalidOperationException.With.Message.Contains("ActOn"));
    }

    [Test]
    public void A_column_that_was_never_set_is_named_before_the_run()
    {
        using var batch = _session.CreateBatch(2);
        batch.SetRow(0, ChainRow.Training(1)[0]);
        batch.Run(1);
        batch.Set(1, "Speed", 1f);

        Assert.That(() => batch.Run(2), Throws.InvalidOperationException.With.Message.Contains("Row 1").And.Message.Contains("'Color'").And.Message.Not.Contains("'Speed'"));
    }

    [Test]
    public void Columns_of_numbers_alone_run_in_managed_code_by_the_same_calls()
    {
        var policy = Support.Policies.Onnx(Support.Policies.Choices);
        using var session = PolicySession.Open(policy);
        var observation = Support.Policies.Observations(1)[0];

        Assert.That(session.InputColumns.Select(column => $"{column}"), Is.EqualTo(new[] { "observation[4]" }));
        Assert.That(session.ActOn(new NamedRow { Values = observation }), Is.EqualTo(session.Act(observation)));
    }

    private readonly struct ValueRow(ChainRow row)
    {
        public string Color => row.Color;

        // Without the attribute KeyType, which ML.NET counts from 0 with, and takes what is above for missing.
        public int Zone => row.Zone < 5 ? (int)row.Zone + 1 : 0;

        public ushort[] Zones => [.. row.Zones.Select(zone => (ushort)zone)];

        public int Gear => row.Gear;

        public bool On => row.On;

        public VBuffer<double> Forces => new(row.Forces.Length, row.Forces);

        public float Speed => row.Speed;

        // A sparse vector, with its zeros left out.
        public VBuffer<float> Position
        {
            get
            {
                var values = row.Position;
                int[] indices = [.. Enumerable.Range(0, 3).Where(index => values[index] != 0)];
                return new VBuffer<float>(3, indices.Length, [.. indices.Select(index => values[index])], indices);
            }
        }
    }

    private sealed class FieldRow(ChainRow row)
    {
        public readonly ReadOnlyMemory<char> Color = row.Color.AsMemory();

        [KeyType(5)]
        public readonly ulong Zone = row.Zone;

        [ColumnName("Zones")]
        public readonly uint[] Places = row.Zones;

        public readonly int Gear = row.Gear;

        public readonly bool On = row.On;

        public readonly double[] Forces = row.Forces;

        public float Speed { get; } = row.Speed;

        public float[] Position { get; } = row.Position;

        public Uri Unrelated { get; } = new("http://localhost");
    }

    private sealed class ExcludingRow
    {
        [ColumnName("observation")]
        public float[] Values { get; init; } = [];

        [NoColumn]
        public float[] observation { get; init; } = [];
    }

    private sealed class TwiceRow
    {
        [ColumnName("observation")]
        public float[] Values { get; init; } = [];

        public float[] observation { get; init; } = [];
    }

    private sealed class KeyRow
    {
        public float[] observation { get; init; } = [];

        [KeyType(8)]
        public long Zone0 { get; init; }
    }

    private sealed class NamedRow
    {
        [ColumnName("observation")]
        public float[] Values { get; init; } = [];
    }
}
