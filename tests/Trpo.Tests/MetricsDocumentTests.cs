using System.Reflection;
using System.Text.RegularExpressions;
using Trpo.Estimators;
using Trpo.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Tests;

/// <summary>Tests of docs/metrics.md against the catalog, the options and the example, and of the example itself.</summary>
public sealed partial class MetricsDocumentTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "examples", "Telemetry");
    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "metrics.md"));

    /// <summary>The cells of the rows that begin with a name.</summary>
    private static readonly string[][] Rows = [.. Text.Split('\n').Where(line => line.StartsWith("| `trpo.", StringComparison.Ordinal)).Select(line => line.Trim('|', ' ').Split(" | "))];

    [Test]
    public void Every_metric_has_one_row_with_its_unit()
    {
        var rows = Rows.Where(row => row.Length == 6).Select(row => (row[0].Trim('`'), row[1].Trim('`')));

        Assert.That(rows, Is.EquivalentTo(TrpoMetric.All.Select(metric => (metric.Name, metric.Unit))));
        Assert.That(Rows.SelectMany(row => row), Has.None.Empty);
    }

    [Test]
    public void Healthy_ranges_and_levels_of_warnings_are_those_of_the_catalog()
    {
        var metrics = TrpoMetric.All.ToDictionary(metric => metric.Name);
        Assert.Multiple(() =>
        {
            foreach (var row in Rows.Where(row => row.Length == 6))
            {
                var health = metrics[row[0].Trim('`')].Health;
                var range = HealthyRange().Match(row[3]);
                Assert.That(range.Success ? range.Groups[1].Value : null, Is.EqualTo(health?.ToString()), row[0]);
                Assert.That(row[4], Is.EqualTo(health?.Levels is { Length: > 0 } levels ? levels : "–"), row[0]);
            }
        });
    }

    [Test]
    public void Every_other_instrument_has_one_row_with_its_kind_and_unit()
    {
        using var heard = new MeteredTraining();
        var ml = new Microsoft.ML.MLContext(seed: 1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment());
        ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 64, StepsPerIteration = 64, HiddenLayers = [4] }).Fit(environment).Dispose();
        WorkerTelemetryTests.TrainWithALoss();
        var instruments = heard.Measurements.Select(measured => measured.Instrument).Distinct()
            .Where(instrument => TrpoMetric.All.All(metric => metric.Name != instrument.Name))
            .Select(instrument => (instrument.Name, Kind: instrument.GetType().Name.Split('`')[0].ToLowerInvariant(), instrument.Unit));

        Assert.That(Rows.Where(row => row.Length == 4).Select(row => (row[0].Trim('`'), row[1], row[2].Trim('`'))), Is.EquivalentTo(instruments));
    }

    [Test]
    public void Every_option_to_try_exists()
    {
        var inText = Member().Matches(Text).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("TrpoOptions.", StringComparison.Ordinal));
        var named = Rows.SelectMany(row => row).SelectMany(cell => Member().Matches(cell)).Select(match => match.Groups[1].Value)
            .Where(name => name is not ("TimeLimit" or "LoadFromEnvironment"))
            .Concat(inText).ToHashSet();

        Assert.That(named, Has.Count.GreaterThan(20));
        Assert.That(named.Where(name => !Exists(name)), Is.Empty);
    }

    [Test]
    public void The_example_exports_metrics_and_traces()
    {
        var output = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        var program = Path.Combine(Folder, "bin", output.Parent!.Name, output.Name, "Telemetry");
        var (exitCode, said, error) = Child.Run(program, new Dictionary<string, string> { ["OMP_NUM_THREADS"] = "1" });

        Assert.That(exitCode, Is.Zero, said + error);
        Assert.Multiple(() =>
        {
            foreach (var metric in TrpoMetric.All.Where(metric => metric != TrpoMetric.EvaluationReturn))
                Assert.That(said, Does.Contain($"Metric Name: {metric.Name}, Description: {metric.Description}, Unit: {metric.Unit}, Metric Type: DoubleGauge"));
            Assert.That(Values("trpo.environment.steps", said), Is.EqualTo(new[] { "1024" }));
            Assert.That(Values("trpo.iterations", said), Is.EqualTo(new[] { "2" }));
            foreach (var (name, count) in new[] { ("trpo.train", 1), ("trpo.iteration", 2), ("trpo.rollout", 2), ("trpo.advantages", 2), ("trpo.policy_update", 2), ("trpo.value_fit", 2) })
                Assert.That(Regex.Count(said, $@"^Activity\.DisplayName: +{Regex.Escape(name)}\r?$", RegexOptions.Multiline), Is.EqualTo(count), name);
        });
    }

    private static IEnumerable<string> Values(string metric, string said) =>
        Regex.Matches(said, $@"^Metric Name: {Regex.Escape(metric)},.*?^Value: (\S+)", RegexOptions.Singleline | RegexOptions.Multiline).Select(match => match.Groups[1].Value);

    private static bool Exists(string path)
    {
        var type = typeof(TrpoOptions);
        foreach (var name in path.Replace("TrpoOptions.", "", StringComparison.Ordinal).Split('.'))
        {
            if (type.GetProperty(name, BindingFlags.Public | BindingFlags.Instance) is not { } property)
                return false;
            type = property.PropertyType;
        }

        return true;
    }

    [GeneratedRegex(@"^\*\*(.*?)\*\*")]
    private static partial Regex HealthyRange();

    [GeneratedRegex("`((?:[A-Z][A-Za-z]+)(?:\\.[A-Z][A-Za-z]+)*)`")]
    private static partial Regex Member();
}
