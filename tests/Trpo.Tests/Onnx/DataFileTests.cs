using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Scored views written to files by ML.NET and read again.</summary>
public sealed class DataFileTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("trpo-tests-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(Spaces))]
    public void A_binary_file_keeps_values_types_and_annotations(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space);
        var view = policy.Transform(Source());
        var path = Path.Combine(_folder.FullName, "scored.idv");
        using (var file = File.Create(path))
            _ml.Data.SaveAsBinary(view, file);
        var loaded = _ml.Data.LoadFromBinary(path);

        Assert.That(SchemaText.Describe(loaded.Schema), Is.EqualTo(SchemaText.Describe(view.Schema)));
        Assert.That(loaded.GetColumn<float[]>("Score"), Is.EqualTo(view.GetColumn<float[]>("Score")));
        Assert.That(Values(loaded, space), Is.EqualTo(Values(view, space)));
        Assert.That(loaded.GetColumn<float>("Id"), Is.EqualTo(Enumerable.Range(0, 300)));
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_text_file_keeps_values(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space);
        var view = policy.Transform(Source());
        var path = Path.Combine(_folder.FullName, "scored.tsv");
        using (var file = File.Create(path))
            _ml.Data.SaveAsText(view, file, schema: true);
        var actions = space is DiscreteActionSpace ? 1 : space.Length;
        var loaded = _ml.Data.LoadFromTextFile(path,
        [
            new("Observation", DataKind.Single, 0, 3), new("Id", DataKind.Single, 4),
            space is DiscreteActionSpace discrete ? new("Action", DataKind.UInt32, [new(5)], new KeyCount((ulong)discrete.Count)) : new("Action", DataKind.Single, 5, 4 + actions),
            new("Score", DataKind.Single, 5 + actions, 4 + actions + space.ScoreLength),
        ], hasHeader: true);

        Assert.That(loaded.GetColumn<float[]>("Score").SelectMany(score => score), Is.EqualTo(view.GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-6f));
        Assert.That(Values(loaded, space), Is.EqualTo(Values(view, space)).Within(1e-6f));
        Assert.That(loaded.Schema["Action"].Type, Is.EqualTo(view.Schema["Action"].Type));
    }

    private static IEnumerable<float> Values(IDataView view, ActionSpace space) => space is DiscreteActionSpace
        ? view.GetColumn<uint>("Action").Select(key => (float)key)
        : view.GetColumn<float[]>("Action").SelectMany(action => action);

    private IDataView Source() => Support.Policies.View(_ml, Support.Policies.Observations(300));
}
