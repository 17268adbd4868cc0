using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class PersistenceTests
{
    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("trpo-tests-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void A_policy_trained_here_acts_alike_in_a_process_without_torch()
    {
        var cartPole = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 200);
        var model = _ml.Transforms.NormalizeMeanVariance("Observation")
            .Append(_ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 4_096, HiddenLayers = [16], Seed = 1 }))
            .Fit(cartPole);
        _ml.Model.Save(model, cartPole.Schema, PathOf("model.zip"));
        var scored = model.Transform(cartPole);
        var expected = scored.GetColumn<uint>("Action").Zip(scored.GetColumn<float[]>("Score"), (action, score) => (action, score)).ToList();

        var deployed = Deployment.Score(_ml, _folder.FullName, (PathOf("model.zip"), cartPole)).Single().Plain;

        Assert.That(expected, Has.Count.EqualTo(200));
        Assert.That(deployed.GetColumn<uint>("Action"), Is.EqualTo(expected.Select(row => row.action)));
        Assert.That(deployed.GetColumn<float[]>("Score").SelectMany(score => score), Is.EqualTo(expected.SelectMany(row => row.score)).Within(1e-6f));
        Assert.That(expected.Select(row => row.action).Distinct().Count(), Is.EqualTo(2), "both actions occur");
    }

    [Test]
    public void A_loaded_policy_is_what_was_saved()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new("Observation", "Push", "Odds"));
        var view = Support.Policies.View(_ml, Support.Policies.Observations(10));
        _ml.Model.Save(policy, view.Schema, PathOf("model.zip"));
        var loaded = new MLContext().Model.Load(PathOf("model.zip"), out var schema);
        var columns = loaded.GetOutputSchema(schema);

        Assert.Multiple(() =>
        {
            Assert.That(columns.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id", "Push", "Odds" }));
            Assert.That(SchemaText.KeyValues(columns["Push"]), Is.EqualTo(new[] { "left", "stay", "right" }));
            Assert.That(SchemaText.SlotNames(columns["Odds"]), Is.EqualTo(new[] { "left", "stay", "right" }));
            Assert.That(PolicyChain.FromModel(loaded).Policy.Onnx.ToArray(), Is.EqualTo(policy.Onnx.ToArray()));
        });
    }

    [Test]
    public void A_model_file_with_a_damaged_policy_is_refused_by_name()
    {
        var zip = Save();
        var entry = Rewrite(zip, bytes => bytes[^100] ^= 1);

        Assert.That(entry, Does.EndWith("Policy"));
        Assert.That(() => _ml.Model.Load(zip, out _), Throws.TypeOf<System.Reflection.TargetInvocationException>()
            .With.InnerException.TypeOf<InvalidDataException>().And.InnerException.Message.Contains("policy").And.InnerException.Message.Contains("checksum"));
    }

    [Test]
    public void A_model_file_that_is_cut_short_is_refused()
    {
        var zip = Save();
        var bytes = File.ReadAllBytes(zip);
        for (var length = 0; length < bytes.Length; length += 101)
        {
            File.WriteAllBytes(zip, bytes[..length]);
            Assert.That(() => _ml.Model.Load(zip, out _), Throws.InstanceOf<Exception>().And.Not.InstanceOf<NullReferenceException>(), $"cut at {length}");
        }
    }

    [Test]
    public void An_exported_file_is_a_policy()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var path = PathOf("nested/policy.onnx");
        policy.SaveOnnx(path);
        policy.SaveOnnx(path);

        Assert.That(File.ReadAllBytes(path), Is.EqualTo(policy.Onnx.ToArray()));
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(path)!), Has.Length.EqualTo(1), "nothing is left beside it");
        using var session = PolicySession.Open(path);
        Assert.That(session.Metadata.Actions, Is.InstanceOf<DiscreteActionSpace>());
    }

    private string Save()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = Support.Policies.View(_ml, []);
        _ml.Model.Save(policy, view.Schema, PathOf("model.zip"));
        return PathOf("model.zip");
    }

    // A zip entry has a checksum of its own; a writer that goes wrong before it writes the entry is not found out by that.
    private static string Rewrite(string zip, Action<byte[]> change)
    {
        using var archive = System.IO.Compression.ZipFile.Open(zip, System.IO.Compression.ZipArchiveMode.Update);
        var entry = archive.Entries.Single(candidate => candidate.FullName.EndsWith("Policy", StringComparison.Ordinal));
        using var stream = entry.Open();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        change(bytes);
        stream.Position = 0;
        stream.Write(bytes);
        return entry.FullName;
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
