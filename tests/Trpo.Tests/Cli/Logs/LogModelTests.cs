using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of <c>trpo log evaluate</c> on models that programs wrote.</summary>
public sealed class LogModelTests
{
    private TemporaryFolder _folder = null!;
    private string _csv = null!;
    private string _expected = null!;

    [OneTimeSetUp]
    public void Learn()
    {
        _folder = new TemporaryFolder();
        _csv = _folder.PathOf("log.csv");
        var rows = Enumerable.Range(0, 600).Select(i => new Row { X = i % 7, Y = i % 2, Wide = i % 7, Action = i / 2 % 2 == 0 ? "a" : "b", Probability = 0.5, Reward = i / 2 % 2 == 0 ? i % 7 : 3 }).ToList();
        File.WriteAllLines(_csv, rows.Select(row => FormattableString.Invariant($"{row.X},{row.Y},{row.Wide},{row.Action},{row.Probability},{row.Reward}")).Prepend("X,Y,Wide,Action,Probability,Reward"));
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(rows);
        Save(ml, view, "scalars.zip", "X", "Y");
        var vectors = ml.Transforms.Concatenate("Numbers", "X", "Y").Append(ml.Transforms.SelectColumns("Numbers", "Action", "Probability", "Reward")).Fit(view).Transform(view);
        Save(ml, vectors, "vector.zip", "Numbers");
        var wide = ml.Transforms.Conversion.ConvertType("Float", "Wide").Append(ml.Transforms.Concatenate("Observation", "X", "Float")).Append(Trainer(ml));
        using var typed = wide.Fit(view);
        PolicyModel.Save(ml, typed, view.Schema, _folder.PathOf("typed.zip"));
        _expected = Evaluate("scalars.zip");
    }

    [OneTimeTearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_model_of_columns_is_evaluated_by_their_names() => Assert.That(_expected, Does.StartWith("Better:").And.Contains("600 rows"));

    [Test]
    public void A_model_and_a_graph_of_one_vector_read_the_columns_that_its_values_are_named_after()
    {
        Assert.That(Evaluate("vector.zip"), Is.EqualTo(_expected));
        Assert.That(Evaluate("vector.onnx"), Is.EqualTo(_expected));
        Assert.That(Evaluate("vector.zip", "--features", "X,Y"), Is.EqualTo(_expected));
        Assert.That(Evaluate("vector.zip", "--features", "Y,X"), Is.Not.EqualTo(_expected));
    }

    [Test]
    public void Columns_that_do_not_fit_a_model_are_refused()
    {
        Assert.That(Refusal("vector.zip", "--features", "X"), Does.Contain("a vector of 2 numbers, but 1 columns are named"));
        Assert.That(Refusal("vector.zip", "--features", "X,Action"), Does.Contain("'Action'"));
        Assert.That(Refusal("scalars.zip", "--features", "X,Y"), Does.Contain("leave --features out"));
        Assert.That(Refusal("typed.zip"), Does.Contain("the column 'Wide' of the type Double"));
    }

    private static TrpoFromLogEstimator Trainer(MLContext ml) => ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), new TrpoFromLogOptions { Seed = 1, Iterations = 8 });

    private void Save(MLContext ml, IDataView view, string name, params string[] columns)
    {
        using var model = ml.Transforms.Concatenate("Observation", columns).Append(Trainer(ml)).Fit(view);
        var schema = ml.Transforms.SelectColumns([.. columns, "Action", "Probability", "Reward"]).Fit(view).Transform(view).Schema;
        PolicyModel.Save(ml, model, schema, _folder.PathOf(name));
        PolicyChain.FromModel(model).Policy.SaveOnnx(_folder.PathOf(Path.ChangeExtension(name, "onnx")));
    }

    private string Evaluate(string model, params string[] more)
    {
        var (exitCode, output, error) = Tool.RunHere(["log", "evaluate", _folder.PathOf(model), "--data", _csv, .. more]);
        Assert.That(exitCode, Is.Zero, output + error);
        return output;
    }

    private string Refusal(string model, params string[] more)
    {
        var (exitCode, output, error) = Tool.RunHere(["log", "evaluate", _folder.PathOf(model), "--data", _csv, .. more]);
        Assert.That(exitCode, Is.EqualTo(1), output);
        Assert.That(error, Does.Not.Contain("   at "));
        return error;
    }

    private sealed class Row
    {
        public float X { get; set; }

        public float Y { get; set; }

        public double Wide { get; set; }

        public string Action { get; set; } = "";

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
