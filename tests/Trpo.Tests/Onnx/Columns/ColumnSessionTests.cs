using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Onnx.Columns;

/// <summary>Tests of sessions whose graphs take raw columns.</summary>
public sealed class ColumnSessionTests
{
    private static readonly List<ChainRow> Rows = ChainRow.Scoring(withMissing: true);

    [Test]
    public void A_row_is_acted_on_from_an_object_as_a_data_view_would_be()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        using var session = PolicySession.Open(typed.Onnx);
        var actions = typed.Transform(Rows).GetColumn<uint>("Action").ToArray();

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(session.TakesObservations, Is.False);
        Assert.That(session.InputColumns.Select(column => $"{column}"), Is.EquivalentTo(new[] { "Color (Text)", "Zone (Key of 5)", "Zones[2] (Key of 4)", "Gear (Int32)", "On (Boolean)", "Forces[3] (Double)", "Speed", "Position[3]" }));
        Assert.That(Rows.Select(row => (uint)(session.ActOn(row) + 1)), Is.EqualTo(actions));
        Assert.That(actions.Count(action => action == 0), Is.InRange(1, Rows.Count / 2), "rows with a NaN");
        Assert.That(actions.Distinct().Count(), Is.EqualTo(4));
    }

    [Test]
    public void Rows_are_set_column_by_column_and_run_together()
    {
        using var typed = new TypedColumns(Support.Policies.Vectors);
        using var session = PolicySession.Open(typed.Onnx);
        using var batch = session.CreateBatch(Rows.Count);
        for (var i = 0; i < Rows.Count; i++)
        {
            var row = Rows[i];
            batch.Set(i, "Color", row.Color);
            batch.Set(i, "Zone", row.Zone < 5 ? row.Zone + 1 : 0);
            batch.SetVector<uint>(i, "Zones", row.Zones);
            batch.Set(i, "Gear", row.Gear);
            batch.Set(i, "On", row.On);
            batch.SetVector<double>(i, "Forces", row.Forces);
            batch.Set(i, "Speed", row.Speed);
            batch.SetVector<float>(i, "Position", row.Position);
        }

        batch.Run(Rows.Count);
        var expected = typed.Transform(Rows).GetColumn<float[]>("Score").ToArray();

        for (var i = 0; i < Rows.Count; i++)
            Assert.That(batch.Score(i).ToArray(), Is.EqualTo(expected[i]).Within(1e-5f), $"row {i}");
        var action = new float[2];
        session.ActOn(Rows[3], action);
        Assert.That(action, Is.EqualTo(batch.Action(3).ToArray()).Within(1e-6f));
    }

    [Test]
    public void A_value_stays_until_it_is_set_again()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        using var session = PolicySession.Open(typed.Onnx);
        using var batch = session.CreateBatch(1);
        batch.SetRow(0, Rows[0]);
        batch.Run(1);
        var first = batch.Score(0).ToArray();
        batch.Set(0, "Speed", Rows[0].Speed + 5);
        batch.Run(1);
        var second = batch.Score(0).ToArray();
        batch.Set(0, "Speed", Rows[0].Speed);
        batch.Run(1);

        Assert.That(second, Is.Not.EqualTo(first));
        Assert.That(batch.Score(0).ToArray(), Is.EqualTo(first));
    }

    [Test]
    public void Keys_are_32_bit_integers_in_the_graph_and_64_bit_ones_are_taken_too()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        var model = ModelProto.Parser.ParseFrom(typed.Onnx);
        ValueInfoProto[] keys = [.. model.Graph.Input.Where(input => input.Name is "Zone" or "Zones")];
        Assert.That(keys.Select(input => (DataType)input.Type.TensorType.ElemType), Is.EqualTo(new[] { DataType.Uint32, DataType.Uint32 }));
        foreach (var key in keys)
            key.Type.TensorType.ElemType = (int)DataType.Int64;
        using var session = PolicySession.Open(SealedModel.Seal(model));
        using var narrow = PolicySession.Open(typed.Onnx);

        Assert.That(Rows.Select(row => session.ActOn(row)), Is.EqualTo(Rows.Select(row => narrow.ActOn(row))));
    }

    [Test]
    public void The_stock_transformer_of_onnx_models_takes_the_graph()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("typed.onnx");
        File.WriteAllBytes(path, typed.Onnx);
        var ml = new MLContext(seed: 1);
        string[] inputs = [.. ModelProto.Parser.ParseFrom(typed.Onnx).Graph.Input.Select(input => input.Name)];
        var view = ml.Data.LoadFromEnumerable(Rows);
        using var stock = ml.Transforms.ApplyOnnxModel(["score"], inputs, path).Fit(view);
        var scores = stock.Transform(view).GetColumn<float[]>("score").ToArray();
        var expected = typed.Transform(Rows).GetColumn<float[]>("Score").ToArray();

        for (var i = 0; i < Rows.Count; i++)
            Assert.That(scores[i], Is.EqualTo(expected[i]).Within(1e-5f), $"row {i}");
    }

    [Test]
    public void Sixteen_threads_act_on_objects_like_one()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        using var session = PolicySession.Open(typed.Onnx);
        int[] expected = [.. Rows.Select(row => session.ActOn(row))];
        var wrong = 0;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, thread =>
        {
            for (var call = thread; call < thread + 500; call++)
            {
                if (session.ActOn(Rows[call % Rows.Count]) != expected[call % Rows.Count])
                    Interlocked.Increment(ref wrong);
            }
        });

        Assert.That(wrong, Is.Zero);
    }

    [Test]
    public void The_graph_is_compared_with_the_model_on_columns_of_every_type()
    {
        using var typed = new TypedColumns(Support.Policies.Vectors);
        using var folder = new TemporaryFolder();

        Assert.That(() => typed.Compare(folder.PathOf("typed.onnx"), Rows), Throws.Nothing);
        Assert.That(File.ReadAllBytes(folder.PathOf("typed.onnx")), Is.EqualTo(typed.Onnx));
    }

    [Test]
    public void The_documented_way_to_act_on_raw_columns_works()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("typed.onnx");
        File.WriteAllBytes(path, typed.Onnx);
        var row = ChainRow.Scoring(withMissing: false)[0];

        using var policy = PolicySession.Open(path);
        var choice = policy.ActOn(row);                       // a property or field for each of policy.InputColumns

        using var batch = policy.CreateBatch(capacity: 2);
        batch.SetRow(0, row);                                 // from an object
        batch.SetRow(1, row);
        batch.Set(1, "Color", "red");                         // and column by column: null and "" are missing texts,
        batch.Set(1, "Zone", 2);                              // keys are integers from 1, and 0 is a missing key
        batch.SetVector<float>(1, "Position", [4, 0, 7]);
        batch.Run(2);

        (row.Color, row.Zone, row.Position) = ("red", 1, [4, 0, 7]);
        Assert.That(batch.Choice(0), Is.EqualTo(choice));
        Assert.That(batch.Choice(1), Is.EqualTo(policy.ActOn(row)));
    }

    [Test]
    public void A_transformer_refuses_a_graph_of_raw_columns_by_name()
    {
        using var typed = new TypedColumns(Support.Policies.Choices);

        Assert.That(() => new PolicyTransformer(typed.Onnx, new PolicyColumns()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("Color (Text)").And.Message.Contains(nameof(PolicySession)));
    }
}
