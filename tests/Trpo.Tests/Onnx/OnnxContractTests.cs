using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The contract of docs/onnx.md, checked by a program that uses OnnxRuntime only.</summary>
public sealed class OnnxContractTests
{
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private static readonly object[] Spaces =
    [
        new object[] { Support.Policies.Choices, "action Int64[N]", "score Float[N, 3]", "logits Float[N, 3]" },
        new object[] { Support.Policies.Vectors, "action Float[N, 2]", "score Float[N, 2]", "log_standard_deviation Float[N, 2]" },
        new object[] { LiteralPolicies.Controls, "action Int64[N, 2]", "score Float[N, 5]", "logits Float[N, 5]" },
        new object[] { LiteralPolicies.Switches, "action Int64[N, 3]", "score Float[N, 3]", "logits Float[N, 3]" },
    ];

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("trpo-tests-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(Spaces))]
    public void A_policy_keeps_its_contract_where_only_OnnxRuntime_is(ActionSpace space, string action, string score, string parameters)
    {
        var onnx = Support.Policies.Onnx(space);
        var observations = Support.Policies.Observations(50);
        var report = Run(onnx, observations);

        Assert.Multiple(() =>
        {
            Assert.That(report.Inputs.Select(Describe), Is.EqualTo(new[] { "observation Float[N, 4]" }));
            Assert.That(report.Outputs.Select(Describe), Is.EqualTo(new[] { action, score, parameters }));
            Assert.That(report.Inputs.Concat(report.Outputs).Select(value => value.Documentation), Is.All.Not.Empty);
            Assert.That((report.IrVersion, report.Opsets.Single()), Is.EqualTo((7L, KeyValuePair.Create("", 12L))));
            Assert.That((report.ProducerName, report.GraphName), Is.EqualTo(("Trpo.MLNet", "policy")));
            Assert.That(report.Description, Does.Contain("reinforcement-learning policy"));
            Assert.That(report.GraphDescription, Is.EqualTo(report.Description));
            Assert.That(report.Metadata.Keys, Is.EquivalentTo(new[] { "trpo.version", "trpo.observation_space", "trpo.action_space", "trpo.provenance.trainer", "trpo.sha256" }));
            Assert.That(report.Metadata["trpo.version"], Is.EqualTo("1"));
            Assert.That(JsonDocument.Parse(report.Metadata["trpo.action_space"]).RootElement.GetProperty("type").GetString(), Is.EqualTo(TypeOf(space)));
        });

        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(observations.Length);
        for (var row = 0; row < observations.Length; row++)
            observations[row].CopyTo(batch.Observation(row));
        batch.Run(observations.Length);
        for (var row = 0; row < observations.Length; row++)
        {
            double[] expected = batch.IsDiscrete ? [batch.Choice(row)] : [.. batch.Action(row).ToArray().Select(value => (double)value)];
            Assert.That(report.Actions[row], Is.EqualTo(expected).Within(1e-6));
            Assert.That(report.Scores[row], Is.EqualTo(batch.Score(row).ToArray()).Within(1e-6));
        }

        Assert.That(report.Actions.Select(values => string.Join(' ', values)).Distinct().Count(), Is.GreaterThan(1), "the actions differ");
    }

    [Test]
    public void The_program_has_nothing_of_this_library()
    {
        var files = Directory.GetFiles(Path.GetDirectoryName(Child.PathOf("Trpo.OnnxContract"))!, "*.dll").Select(Path.GetFileName);

        Assert.That(files, Is.EquivalentTo(new[] { "Trpo.OnnxContract.dll", "Microsoft.ML.OnnxRuntime.dll", "System.Numerics.Tensors.dll" }));
    }

    [Test]
    public void A_NaN_gives_no_reliable_action_in_the_graph_itself()
    {
        var report = Run(Support.Policies.Onnx(Support.Policies.Choices), [[1, 2, float.NaN, 3], [1, 2, 3, 4]]);

        Assert.That(report.Scores[0], Is.All.NaN);
        Assert.That(report.Scores[1], Is.All.Not.NaN);
    }

    [Test]
    public void The_documentation_names_what_the_files_have()
    {
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "onnx.md"));
        var report = Run(Support.Policies.Onnx(Support.Policies.Choices), [[1, 2, 3, 4]]);

        Assert.Multiple(() =>
        {
            foreach (var name in report.Inputs.Concat(report.Outputs).Select(value => value.Name).Concat(report.Metadata.Keys.Where(key => !key.Contains("provenance", StringComparison.Ordinal))))
                Assert.That(documentation, Does.Contain($"`{name}`"));
            foreach (var type in new[] { Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches }.Select(TypeOf))
                Assert.That(documentation, Does.Contain($"`\"{type}\"`"));
        });
    }

    private static string TypeOf(ActionSpace space) => space switch
    {
        DiscreteActionSpace => "discrete",
        MultiDiscreteActionSpace => "multi_discrete",
        MultiBinaryActionSpace => "multi_binary",
        _ => "box",
    };

    private static string Describe(Value value) => $"{value.Name} {value.Type}[{string.Join(", ", value.Dimensions)}]";

    private Report Run(byte[] onnx, float[][] observations)
    {
        var (model, rows) = (Path.Combine(_folder.FullName, "policy.onnx"), Path.Combine(_folder.FullName, "observations.txt"));
        File.WriteAllBytes(model, onnx);
        File.WriteAllLines(rows, observations.Select(row => string.Join(' ', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))));
        var (exitCode, output, error) = Child.Run("Trpo.OnnxContract", model, rows);
        Assert.That(exitCode, Is.Zero, error);
        return JsonSerializer.Deserialize<Report>(output, Json)!;
    }

    private sealed record Value(string Name, string Type, string[] Dimensions, string Documentation);

    private sealed record Report(
        long IrVersion,
        Dictionary<string, long> Opsets,
        string ProducerName,
        string GraphName,
        string Description,
        string GraphDescription,
        Dictionary<string, string> Metadata,
        Value[] Inputs,
        Value[] Outputs,
        double[][] Actions,
        double[][] Scores);
}
