using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Models of every kind of action, with what may stand before and behind a policy, saved here and scored in a process without TorchSharp.</summary>
public sealed class DeploymentTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, LiteralPolicies.Controls, LiteralPolicies.Switches, Support.Policies.Vectors];
    private static readonly string[] Weathers = ["sun", "rain", "snow"];

    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("trpo-tests-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Every_kind_of_model_acts_alike_in_a_process_without_torch()
    {
        var cases = Spaces.SelectMany(Models).ToList();
        for (var i = 0; i < cases.Count; i++)
            PolicyModel.Save(_ml, cases[i].Model, cases[i].Rows.Schema, PathOf(i));
        var scored = Deployment.Score(_ml, _folder.FullName, [.. cases.Select((one, i) => (PathOf(i), one.Rows))]);

        Assert.That(cases, Has.Count.EqualTo(16));
        Assert.Multiple(() =>
        {
            foreach (var ((name, model, rows), (plain, @checked)) in cases.Zip(scored))
            {
                AssertAlike(plain, model.Transform(rows), $"{name}, loaded by ml.Model");
                AssertAlike(@checked, model.Transform(rows), $"{name}, loaded by PolicyModel");
            }
        });
        foreach (var (_, model, _) in cases)
            PolicyChain.FromModel(model).Policy.Dispose();
    }

    private IEnumerable<(string Name, ITransformer Model, IDataView Rows)> Models(ActionSpace space)
    {
        var rows = Support.Policies.View(_ml, Support.Policies.Observations(60));
        yield return ($"{space} alone", Support.Policies.Transformer(space), rows);
        yield return ($"{space} behind a normaliser", _ml.Transforms.NormalizeMeanVariance("Observation").Fit(rows).Append(Support.Policies.Transformer(space)), rows);

        var raw = _ml.Data.LoadFromEnumerable(Support.Policies.Observations(60, length: 2).Select((values, row) => new Raw { Weather = Weathers[row % 3], Speed = values[0], Height = values[1] }));
        var preprocessing = _ml.Transforms.Categorical.OneHotEncoding("Encoded", "Weather")
            .Append(_ml.Transforms.Concatenate("Observation", "Encoded", "Speed", "Height"))
            .Append(_ml.Transforms.NormalizeMeanVariance("Observation"));
        yield return ($"{space} behind typed columns", preprocessing.Fit(raw).Append(Support.Policies.Transformer(space, observationLength: 5)), raw);

        var policy = Support.Policies.Transformer(space);
        var view = policy.Transform(rows);
        ITransformer behind = space is DiscreteActionSpace
            ? _ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(view)
            : _ml.Transforms.CopyColumns("Name", "Action").Fit(view);
        yield return ($"{space} with a transform behind", policy.Append(behind), rows);
    }

    private static void AssertAlike(IDataView actual, IDataView expected, string name)
    {
        Assert.That(actual.Schema.Select(column => column.Name), Is.SupersetOf(expected.Schema.Where(column => !column.IsHidden).Select(column => column.Name)), name);
        if (expected.Schema["Action"].Type is KeyDataViewType)
        {
            var actions = expected.GetColumn<uint>("Action").ToList();
            Assert.That(actual.GetColumn<uint>("Action"), Is.EqualTo(actions), name);
            Assert.That(actions.Distinct().Count(), Is.GreaterThan(1), name);
        }
        else
        {
            Assert.That(actual.GetColumn<float[]>("Action").SelectMany(action => action), Is.EqualTo(expected.GetColumn<float[]>("Action").SelectMany(action => action)).Within(1e-6f), name);
        }

        if (expected.Schema.GetColumnOrNull("Name") is { Type: TextDataViewType })
            Assert.That(actual.GetColumn<string>("Name"), Is.EqualTo(expected.GetColumn<string>("Name")), name);
        var scores = expected.GetColumn<float[]>("Score").SelectMany(score => score).ToList();
        Assert.That(actual.GetColumn<float[]>("Score").SelectMany(score => score), Is.EqualTo(scores).Within(1e-6f), name);
        Assert.That(scores.Distinct().Count(), Is.GreaterThan(30), name);
    }

    private string PathOf(int number) => Path.Combine(_folder.FullName, $"model{number}.zip");

    /// <summary>A row before it is encoded.</summary>
    private sealed class Raw
    {
        public string Weather { get; set; } = "";

        public float Speed { get; set; }

        public float Height { get; set; }
    }
}
