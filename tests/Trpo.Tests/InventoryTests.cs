using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;
using Trpo.Examples.Inventory;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The example of typed rows: a shop's orders, from the simulator to rows of plain data.</summary>
public sealed class InventoryTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Inventory");

    private MLContext _ml = null!;
    private EnvironmentDataView _shop = null!;
    private Listener _listener = null!;
    private TransformerChain<KeyToValueMappingTransformer> _model = null!;
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _folder = Directory.CreateTempSubdirectory("trpo-inventory-");
        _ml = new MLContext(seed: 1);
        _shop = Shop(_ml);
        _listener = new Listener();
        _model = Fit(_ml, _shop, steps: 60_000, _listener);
    }

    [OneTimeTearDown]
    public void Clean()
    {
        _model.Dispose();
        _folder.Delete(recursive: true);
    }

    [Test]
    public void A_short_training_earns_money_and_a_random_policy_loses_it()
    {
        Assert.That(_listener.Iterations[0].MeanReturn, Is.LessThan(-20), "the first policy is nearly uniform");
        Assert.That(Evaluate().MeanReturn, Is.GreaterThan(10));
    }

    [Test]
    public void The_same_seed_gives_the_same_policy()
    {
        byte[][] policies = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var ml = new MLContext(seed: 1);
            using var model = Fit(ml, Shop(ml), steps: 4_000);
            return model.OfType<Trpo.Onnx.PolicyTransformer>().Single().Onnx.ToArray();
        })];

        Assert.That(policies[1], Is.EqualTo(policies[0]));
    }

    [Test]
    public void A_process_with_plain_rows_and_without_libtorch_takes_the_same_actions()
    {
        var rows = _ml.Data.CreateEnumerable<InventoryRow>(_shop, reuseRowObject: false).Take(200).ToList();
        // ML.NET counts keys from 1 in row objects that it creates, and from 0 in those that it reads.
        foreach (var row in rows)
            row.Season--;
        var here = _ml.Data.CreateEnumerable<InventoryDecision>(_model.Transform(_shop), reuseRowObject: false).Take(200).ToList();
        var (model, file) = (Path.Combine(_folder.FullName, "inventory.zip"), Path.Combine(_folder.FullName, "rows.json"));
        _ml.Model.Save(_model, _shop.Schema, model);
        File.WriteAllText(file, JsonSerializer.Serialize(rows));
        var (exitCode, output, error) = Child.Run("Trpo.Deployment", "inventory", model, file);
        string[][] there = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd().Split('|'))];

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(there.Select(line => line[0]), Is.EqualTo(here.Select(decision => decision.Order)));
        Assert.That(there.Select(line => line[1]), Is.EqualTo(here.Select(decision => decision.Order)), "one row at a time");
        Assert.That(there.Select(line => Numbers(line[2])), Is.EqualTo(here.Select(decision => decision.Score)).Within(1e-6));
        Assert.That(here.Select(decision => decision.Order).Distinct().Count(), Is.GreaterThan(2), "the decisions differ");
    }

    [Test]
    public void The_exported_graph_has_the_columns_as_inputs_and_takes_the_same_actions()
    {
        var path = Path.Combine(_folder.FullName, "inventory.onnx");
        var untilPolicy = PolicyModel.UntilPolicy(_model);
        _ml.ReinforcementLearning.ExportToOnnx(untilPolicy, path);

        using (var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path))
            Assert.That(session.InputMetadata.Keys, Is.EquivalentTo(new[] { "Weekday", "Season", "Stock", "Arriving", "Demand" }));
        var scored = untilPolicy.Transform(_shop);
        var (scores, choices) = ExportedChain.Run(path, _shop, _shop.ActionSpace);
        Assert.That(scores.SelectMany(score => score), Is.EqualTo(scored.GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-5f));
        Assert.That(choices!.Select(choice => (uint)choice + 1), Is.EqualTo(scored.GetColumn<uint>("Action")));
    }

    [Test]
    public void Every_column_matters_to_the_policy()
    {
        var engine = _ml.Model.CreatePredictionEngine<InventoryRow, InventoryDecision>(_model);
        var scores = new[] { Row(), Row("Sun"), Row(season: 0), Row(stock: 30), Row(arriving: 30), Row(demand: 9) }.Select(row => string.Join(' ', engine.Predict(row).Score));

        Assert.That(scores, Is.Unique);

        static InventoryRow Row(string weekday = "Wed", uint season = 1, float stock = 10, float arriving = 0, float demand = 5) =>
            new() { Weekday = weekday, Season = season, Stock = stock, Arriving = arriving, Demand = [demand, 4, 4, 1, 18, 13, 7] };
    }

    [Test]
    public void The_example_earns_more_than_tuned_rules()
    {
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Inventory");
        var (exitCode, said, error) = Child.Run(program, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" }, "--out", _folder.FullName);

        Assert.That(exitCode, Is.Zero, said + error);
        Assert.That(File.ReadAllLines(Path.Combine(_folder.FullName, "orders.csv")), Has.Length.EqualTo(5));
        Assert.That(new MLContext().Model.Load(Path.Combine(_folder.FullName, "inventory.zip"), out _), Is.InstanceOf<ITransformer>());
    }

    private static EnvironmentDataView Shop(MLContext ml) =>
        ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days));

    private static TransformerChain<KeyToValueMappingTransformer> Fit(MLContext ml, EnvironmentDataView shop, int steps, Listener? listener = null) =>
        ml.Transforms.Categorical.OneHotEncoding([new("Weekday"), new("Season")])
            .Append(ml.Transforms.Concatenate("Observation", "Weekday", "Season", "Stock", "Arriving", "Demand"))
            .Append(ml.Transforms.NormalizeMeanVariance("Observation"))
            .Append(ml.ReinforcementLearning.Trainers.Trpo(shop, new() { TotalSteps = steps, StepsPerIteration = 1_024, Discount = 0.97, Seed = 1, Progress = listener }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Order", "Action"))
            .Fit(shop);

    private static float[] Numbers(string text) => [.. text.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];

    private PolicyEvaluation Evaluate() => _ml.ReinforcementLearning.Evaluate(_model, _shop, episodes: 50);
}
