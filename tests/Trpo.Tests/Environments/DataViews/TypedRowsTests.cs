using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>Tests of the data view of an environment with several typed columns.</summary>
public sealed class TypedRowsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_schema_has_a_type_and_names_for_each_column()
    {
        var schema = Load().Schema;

        Assert.Multiple(() =>
        {
            Assert.That(schema.Select(column => column.Name), Is.EqualTo(new[] { "Weekday", "Season", "Stock", "Demand" }));
            Assert.That(schema["Weekday"].Type, Is.EqualTo(TextDataViewType.Instance));
            Assert.That(schema["Season"].Type, Is.EqualTo(new KeyDataViewType(typeof(uint), 2)));
            Assert.That(SchemaText.KeyValues(schema["Season"]), Is.EqualTo(new[] { "low", "high" }));
            Assert.That(schema["Stock"].Type, Is.EqualTo(NumberDataViewType.Single));
            Assert.That(schema["Demand"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, 2)));
            Assert.That(SchemaText.SlotNames(schema["Demand"]), Is.EqualTo(new[] { "north", "south" }));
        });
    }

    [Test]
    public void Rows_are_objects_with_properties()
    {
        var rows = _ml.Data.CreateEnumerable<TypedRow>(Load(), reuseRowObject: false).Select(row => row.ToString());

        Assert.That(rows, Is.EqualTo(new[] { "Mon 2 5 1 2", "Wed 1 40 3 4", "Tue 2 0 5 6", "Mon 2 5 1 2", "Wed 1 40 3 4", "Tue 2 0 5 6" }));
    }

    [Test]
    public void A_preview_shows_text_and_keys()
    {
        var row = Load().Preview(2).RowView[1].Values.ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

        Assert.That(row, Is.SupersetOf(new Dictionary<string, string> { ["Weekday"] = "Wed", ["Season"] = "1", ["Stock"] = "40" }));
    }

    [Test]
    public void A_key_has_the_name_of_its_category()
    {
        var named = _ml.Transforms.Conversion.MapKeyToValue("Season").Fit(Load()).Transform(Load());

        Assert.That(named.GetColumn<string>("Season"), Is.EqualTo(new[] { "high", "low", "high", "high", "low", "high" }));
    }

    [Test]
    public void A_key_is_encoded_even_if_the_table_lacks_some_of_its_categories()
    {
        var low = _ml.ReinforcementLearning.LoadFromEnvironment(() => new ScriptedEnvironment(TypedRow.Space, [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]), rows: 4);
        var plain = _ml.Data.LoadFromEnumerable([new TypedRow { Weekday = "Wed", Season = 1, Demand = [0, 0] }]);
        var known = _ml.Transforms.Conversion.MapKeyToVector("Season").Fit(low).Transform(plain);
        var learned = _ml.Transforms.Categorical.OneHotEncoding([new("Season"), new("Weekday")]).Fit(low).Transform(plain);

        Assert.That(known.GetColumn<float[]>("Season").Single(), Is.EqualTo(new float[] { 0, 1 }));
        Assert.That(learned.GetColumn<float[]>("Season").Single(), Is.EqualTo(new float[] { 0 }));
        Assert.That(learned.GetColumn<float[]>("Weekday").Single(), Is.EqualTo(new float[] { 0 }));
    }

    [Test]
    public void Only_active_columns_can_be_read()
    {
        var schema = Load().Schema;
        using var cursor = Load().GetRowCursor([schema["Stock"]]);

        Assert.Multiple(() =>
        {
            Assert.That(schema.Select(column => cursor.IsColumnActive(column)), Is.EqualTo(new[] { false, false, true, false }));
            Assert.That(() => cursor.GetGetter<ReadOnlyMemory<char>>(schema["Weekday"]), Throws.ArgumentException.With.Message.Contains("'Weekday'"));
            Assert.That(() => cursor.GetGetter<double>(schema["Stock"]), Throws.InvalidOperationException.With.Message.Contains("'Stock'"));
        });
    }

    [Test]
    public void Reading_rows_allocates_nothing()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(TypedRow.Environment, rows: 5_000);
        using var cursor = view.GetRowCursor(view.Schema);
        var weekdayOf = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Weekday"]);
        var seasonOf = cursor.GetGetter<uint>(view.Schema["Season"]);
        var stockOf = cursor.GetGetter<float>(view.Schema["Stock"]);
        var demandOf = cursor.GetGetter<VBuffer<float>>(view.Schema["Demand"]);
        (ReadOnlyMemory<char> weekday, uint season, float stock, VBuffer<float> demand) = (default, 0, 0, default);
        Read();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That($"{weekday} {season} {stock}", Is.EqualTo("Mon 2 5"), "row 4,000 begins an episode");

        void Read()
        {
            for (var i = 0; i < 2_000; i++)
            {
                cursor.MoveNext();
                weekdayOf(ref weekday);
                seasonOf(ref season);
                stockOf(ref stock);
                demandOf(ref demand);
            }
        }
    }

    [Test]
    public void A_time_limit_keeps_the_columns()
    {
        var limited = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(TypedRow.Environment(), 1), rows: 4);

        Assert.That(limited.GetColumn<string>("Weekday"), Is.EqualTo(new[] { "Mon", "Wed", "Mon", "Wed" }));
    }

    [TestCase(3f)]
    [TestCase(-1f)]
    [TestCase(0.5f)]
    public void A_value_that_is_not_the_index_of_a_category_is_refused_by_name(float value)
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new ScriptedEnvironment(TypedRow.Space, [0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [value, 0, 0, 0, 0]));

        Assert.That(() => view.GetColumn<float>("Stock").ToList(), Throws.TypeOf<EnvironmentException>()
            .With.Message.Contains("'Scripted'").And.Message.Contains("'Weekday'").And.Message.Contains(FormattableString.Invariant($"gave {value} ")).And.Message.Contains("in Step, at step 2 of").And.Message.Contains("from 0 ('Mon') to 2 ('Wed')"));
    }

    [Test]
    public void A_category_that_is_not_written_is_named()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new ScriptedEnvironment(TypedRow.Space, [0]));

        Assert.That(() => view.GetColumn<float>("Stock").ToList(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("value 1 ('Season')").And.Message.Contains("Reset"));
    }

    [Test]
    public void An_environment_with_columns_takes_no_column_name()
    {
        Assert.That(() => _ml.ReinforcementLearning.LoadFromEnvironment(TypedRow.Environment, observationColumnName: "State"),
            Throws.ArgumentException.With.Message.Contains("'Scripted'").And.Message.Contains("'State'").And.Message.Contains("Weekday").And.Message.Contains("Concatenate"));
        Assert.That(() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), observationColumnName: ""), Throws.ArgumentException);
    }

    [TestCase("Text", "Mon", "Tue", "with other names")]
    [TestCase("Text", "Mon", null, "Day (text, 1 categories)")]
    [TestCase("Key", "Mon", "Son", "Day (key, 2 categories)")]
    public void Columns_that_differ_between_environments_are_refused(string kind, string first, string? second, string difference)
    {
        string[] categories = second is null ? [first] : [first, second];
        var created = 0;
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new ScriptedEnvironment(ObservationSpace.OfColumns(
            created++ == 0 ? ObservationColumn.Text("Day", "Mon", "Son") : kind == "Key" ? ObservationColumn.Key("Day", categories) : ObservationColumn.Text("Day", categories)), [0]));

        Assert.That(() => view.Preview(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("'Scripted'").And.Message.Contains("Day (text, 2 categories)").And.Message.Contains(difference));
    }

    [Test]
    public void Columns_that_become_a_vector_of_the_same_length_are_refused()
    {
        var created = 0;
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new ScriptedEnvironment(created++ == 0 ? TypedRow.Space : ObservationSpace.Unbounded(5), [0, 0, 0, 0, 0]));

        Assert.That(() => view.Preview(), Throws.TypeOf<EnvironmentException>().With.Message.Contains("Columns(Weekday").And.Message.Contains("Box(5)"));
    }

    private EnvironmentDataView Load() => _ml.ReinforcementLearning.LoadFromEnvironment(TypedRow.Environment, count: 2, rows: 6);
}
