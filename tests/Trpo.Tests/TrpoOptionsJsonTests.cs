using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Workers;
using Trpo.Onnx;
using Trpo.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Tests;

/// <summary>Reading and writing options as JSON, and the messages of refusals.</summary>
public sealed class TrpoOptionsJsonTests
{
    private static readonly string[] Functions = ["Optimizer", "Network", "InitialPolicy", "Distribution", "Baseline", "Progress", "Cancellation", "Workers"];

    [Test]
    public void Every_option_round_trips()
    {
        var changed = (TrpoOptions)Changed(new TrpoOptions());
        var read = TrpoOptionsJson.Read(TrpoOptionsJson.Write(changed));

        Assert.Multiple(() =>
        {
            foreach (var property in Data(typeof(TrpoOptions)))
            {
                Assert.That(property.GetValue(changed), Is.Not.EqualTo(property.GetValue(new TrpoOptions())), $"{property.Name} was changed");
                AssertEqual(property, property.GetValue(read), property.GetValue(changed));
            }
        });

        // A record that holds a list equals another only if the list is the same object.
        static void AssertEqual(PropertyInfo property, object? actual, object? expected)
        {
            if (property.PropertyType == typeof(ValueFunctionOptions))
            {
                foreach (var part in Data(property.PropertyType))
                    Assert.That(part.GetValue(actual), Is.EqualTo(part.GetValue(expected)), $"{property.Name}.{part.Name}");
            }
            else
            {
                Assert.That(actual, Is.EqualTo(expected), property.Name);
            }
        }
    }

    [Test]
    public void Options_that_are_not_data_are_not_written()
    {
        var options = JsonNode.Parse(TrpoOptionsJson.Write(new TrpoOptions()))!.AsObject();
        var data = Data(typeof(TrpoOptions)).Select(property => $"{char.ToLowerInvariant(property.Name[0])}{property.Name[1..]}");

        Assert.That(options.Select(option => option.Key), Is.EquivalentTo(data));
    }

    [Test]
    public void Missing_properties_have_their_defaults_at_any_depth()
    {
        var read = TrpoOptionsJson.Read("""{ "totalSteps": 7, "valueFunction": { "trustRegion": { "damping": 0.2 } }, "columns": { "score": "P" } }""");
        var defaults = new TrpoOptions();

        Assert.That(read.ValueFunction, Is.EqualTo(defaults.ValueFunction with { TrustRegion = defaults.ValueFunction.TrustRegion with { Damping = 0.2 } }));
        Assert.That(read.ValueFunction.TrustRegion.MaxKl, Is.EqualTo(0.3), "which is not a policy's");
        Assert.That(read.Columns, Is.EqualTo(new PolicyColumns(Score: "P")));
        Assert.That(read with { TotalSteps = defaults.TotalSteps, ValueFunction = defaults.ValueFunction, Columns = defaults.Columns, HiddenLayers = defaults.HiddenLayers }, Is.EqualTo(defaults));
        Assert.That(read.HiddenLayers, Is.EqualTo(new[] { 64, 64 }));
    }

    [Test]
    public void Missing_properties_are_those_of_the_basis_functions_included()
    {
        using var cancellation = new CancellationTokenSource();
        using var transport = new LocalTransport(new WorkerRegistry());
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var basis = TrpoOptions.SampleEfficient with
        {
            Workers = new() { Transport = transport },
            Optimizer = new TrustRegionOptimizer(new TrustRegionOptions()),
            Network = _ => throw new InvalidOperationException("It is only to be kept."),
            Distribution = arguments => ActionDistribution.For(arguments.Actions, 0),
            Baseline = _ => new ZeroValues(),
            InitialPolicy = InitialPolicy.FromModel(policy),
            Progress = new Listener(),
            Cancellation = cancellation.Token,
            Checkpoints = new() { Folder = "here", Kept = 7 },
        };
        var read = TrpoOptionsJson.Read("""{ "seed": 3, "checkpoints": { "resume": true } }""", basis);

        Assert.That(Functions.Select(name => typeof(TrpoOptions).GetProperty(name)!.GetValue(read)), Is.EqualTo(Functions.Select(name => typeof(TrpoOptions).GetProperty(name)!.GetValue(basis))).And.None.Null);
        Assert.That(read.Checkpoints, Is.EqualTo(new CheckpointOptions { Folder = "here", Kept = 7, Resume = true }));
        Assert.That((read.Seed, read.FinalMaxKl, read.ReusedIterations, read.TrustRegion.MaxKl), Is.EqualTo((3, 0.001, 3, 0.02)));
        Assert.That(basis.Seed, Is.Null, "the basis stays as it was");
    }

    [Test]
    public void Comments_trailing_commas_and_any_case_are_read()
    {
        var read = TrpoOptionsJson.Read("""
            {
                // as in a file that people write
                "TOTALSTEPS": 7, /* and explain */
                "HiddenActivation": "relu",
                "TrustRegion": { "MAXkl": 0.5, },
                "checkpoints": { "FOLDER": "here", "interval": "00:05:00" },
            }
            """);

        Assert.That((read.TotalSteps, read.HiddenActivation, read.TrustRegion.MaxKl), Is.EqualTo((7, Activation.Relu, 0.5)));
        Assert.That(read.Checkpoints, Is.EqualTo(new CheckpointOptions { Folder = "here", Interval = TimeSpan.FromMinutes(5) }));
    }

    [Test]
    public void Null_is_read_for_options_that_may_be_null()
    {
        var basis = new TrpoOptions { FinalMaxKl = 0.1, Checkpoints = new() { Folder = "here" }, Health = new() { MaxRejectedUpdates = 3 } };
        var read = TrpoOptionsJson.Read("""{ "finalMaxKl": null, "checkpoints": null, "health": { "maxRejectedUpdates": null } }""", basis);

        Assert.That((read.FinalMaxKl, read.Checkpoints, read.Health.MaxRejectedUpdates), Is.EqualTo(((double?)null, (CheckpointOptions?)null, (int?)null)));
    }

    [Test]
    public void Options_are_listed_by_name_in_the_order_of_the_file()
    {
        var options = new TrpoOptions { HiddenLayers = [32, 16], TrustRegion = new() { MaxKl = 0.02 }, Checkpoints = new() { Folder = "a \"folder\"" } };
        var pairs = TrpoOptionsJson.Flatten(options);
        var values = pairs.ToDictionary(option => option.Key, option => option.Value.GetRawText());

        Assert.Multiple(() =>
        {
            Assert.That(values["trustRegion.maxKl"], Is.EqualTo("0.02"));
            Assert.That(values["valueFunction.trustRegion.maxKl"], Is.EqualTo("0.3"));
            Assert.That(values["hiddenLayers"], Is.EqualTo("[32,16]"));
            Assert.That(values["targetReturn"], Is.EqualTo("null"));
            Assert.That(values["normalizeAdvantages"], Is.EqualTo("true"));
            Assert.That(pairs.Single(option => option.Key == "checkpoints.folder").Value.GetString(), Is.EqualTo("a \"folder\""));
            Assert.That(values, Does.Not.ContainKey("trustRegion"));
            Assert.That(TrpoOptionsJson.Flatten(JsonElement.Parse(TrpoOptionsJson.Write(options))).Select(option => option.Key), Is.EqualTo(pairs.Select(option => option.Key)));
        });
        Assert.That(() => TrpoOptionsJson.Flatten(JsonElement.Parse("[]")), Throws.InvalidOperationException);
    }

    // Files and the identities in checkpoints keep the earlier name of an option.
    [Test]
    public void A_renamed_option_is_written_under_its_earlier_name_and_read_under_both()
    {
        foreach (var ((type, name), earlier) in TrpoOptionNames.Renamed)
        {
            var part = typeof(TrpoOptions).GetProperties().Single(property => property.PropertyType == type);
            var (path, present) = (JsonNamingPolicy.CamelCase.ConvertName(part.Name), JsonNamingPolicy.CamelCase.ConvertName(name));
            var option = type.GetProperty(name);
            Assert.That(TrpoOptionsJson.Flatten(new TrpoOptions()).Select(pair => pair.Key), Has.Some.EqualTo($"{path}.{earlier}").And.None.EqualTo($"{path}.{present}"));
            foreach (var used in new[] { earlier, present })
                Assert.That(option!.GetValue(part.GetValue(TrpoOptionsJson.Read($$"""{ "{{path}}": { "{{used}}": 1 } }"""))), Is.EqualTo(1), used);
            Assert.That(() => TrpoOptionsJson.Read($$"""{ "{{path}}": { "{{earlier}}": 1, "{{present}}": 1 } }"""), Throws.InstanceOf<InvalidDataException>().With.Message.Contain($"'{path}.{present}' is given twice"));
            Assert.That(() => TrpoOptionsJson.Read($$"""{ "{{path}}": { "{{earlier}}": "x" } }"""), Throws.InstanceOf<InvalidDataException>().With.Message.Contain($"'{path}.{present}' must be"));
            Assert.That(() => TrpoOptionsJson.Read($$"""{ "{{path}}": { "none": 1 } }"""), Throws.InstanceOf<InvalidDataException>().With.Message.Contain(present).And.Message.Not.Contain(earlier));
        }
    }

    [Test]
    public void Options_out_of_their_range_are_refused_by_a_public_check()
    {
        Assert.That(() => TrpoOptionsJson.Read("""{ "valueFunction": { "steps": 0 } }""").Validate(), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contain("Steps must be at least 1"));
        Assert.That(() => TrpoOptionsJson.Read("{}").Validate(), Throws.Nothing);
    }

    [TestCase("""{ "maxKl": 1 }""", "no option 'maxKl'", "trustRegion")]
    [TestCase("""{ "trustRegion": { "maxKll": 1 } }""", "no option 'trustRegion.maxKll'", "those of 'trustRegion' are maxKl, damping")]
    [TestCase("""{ "valueFunction": { "TrustRegion": { "delta": 1 } } }""", "no option 'valueFunction.trustRegion.delta'", "maxKl")]
    [TestCase("""{ "checkpoints": { "folder": "x", "often": 1 } }""", "no option 'checkpoints.often'", "interval")]
    [TestCase("""{ "checkpoints": { "resume": true } }""", "'checkpoints' needs 'folder'", "")]
    [TestCase("""{ "network": 1 }""", "no option 'network'", "")]
    [TestCase("""{ "totalSteps": "many" }""", "'totalSteps' must be a whole number", "\"many\"")]
    [TestCase("""{ "totalSteps": 1.5 }""", "'totalSteps' must be a whole number", "1.5")]
    [TestCase("""{ "totalSteps": 3000000000 }""", "'totalSteps' must be a whole number", "3000000000")]
    [TestCase("""{ "totalSteps": null }""", "'totalSteps' must be a whole number, not null", "")]
    [TestCase("""{ "totalSteps": {} }""", "'totalSteps' must be a whole number", "{}")]
    [TestCase("""{ "finalMaxKl": true }""", "'finalMaxKl' must be a number or null", "true")]
    [TestCase("""{ "normalizeObservations": 1 }""", "'normalizeObservations' must be true or false", "1")]
    [TestCase("""{ "hiddenActivation": "gelu" }""", "'hiddenActivation' must be one of Tanh, ", "gelu")]
    [TestCase("""{ "hiddenActivation": 1 }""", "'hiddenActivation' must be one of Tanh, ", "")]
    [TestCase("""{ "engine": "gpu" }""", "'engine' must be one of Automatic, Managed, TorchSharp", "gpu")]
    [TestCase("""{ "device": null }""", "'device' must be a text, not null", "")]
    [TestCase("""{ "valueFunction": { "hiddenLayers": 64 } }""", "'valueFunction.hiddenLayers' must be a list of whole numbers or null", "64")]
    [TestCase("""{ "valueFunction": { "hiddenActivation": "gelu" } }""", "'valueFunction.hiddenActivation' must be one of Tanh, ", "gelu")]
    [TestCase("""{ "hiddenLayers": 64 }""", "'hiddenLayers' must be a list of whole numbers", "64")]
    [TestCase("""{ "hiddenLayers": [64, "x"] }""", "'hiddenLayers' must be a list of whole numbers", "[64,\"x\"]")]
    [TestCase("""{ "hiddenLayers": null }""", "'hiddenLayers' must be", "not null")]
    [TestCase("""{ "trustRegion": null }""", "'trustRegion' must be an object of maxKl", "not null")]
    [TestCase("""{ "trustRegion": 0.01 }""", "'trustRegion' must be an object of maxKl", "0.01")]
    [TestCase("""{ "trustRegion": [] }""", "'trustRegion' must be an object of maxKl", "[]")]
    [TestCase("""{ "valueFunction": { "trustRegion": { "damping": [] } } }""", "'valueFunction.trustRegion.damping' must be a number", "[]")]
    [TestCase("""{ "columns": { "action": null } }""", "'columns.action' must be a text, not null", "")]
    [TestCase("""{ "checkpoints": { "folder": null } }""", "'checkpoints.folder' must be a text, not null", "")]
    [TestCase("""{ "checkpoints": { "folder": "x", "interval": 5 } }""", "'checkpoints.interval' must be a time", "00:01:00")]
    [TestCase("""{ "totalSteps": 1, "TotalSteps": 2 }""", "'totalSteps' is given twice", "")]
    [TestCase("""{ "totalSteps": 1, "totalSteps": 2 }""", "not JSON", "totalSteps")]
    [TestCase("[]", "must be a JSON object", "")]
    [TestCase("null", "must be a JSON object", "")]
    [TestCase("7", "must be a JSON object", "")]
    [TestCase("", "not JSON", "")]
    [TestCase("""{ "totalSteps": }""", "not JSON", "")]
    public void Invalid_values_are_refused_by_name(string json, string what, string help) =>
        Assert.That(() => TrpoOptionsJson.Read(json), Throws.InstanceOf<InvalidDataException>().With.Message.Contain(what).And.Message.Contain(help).IgnoreCase);

    private static IEnumerable<PropertyInfo> Data(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite && (type != typeof(TrpoOptions) || !Functions.Contains(property.Name)));

    /// <summary>Returns a copy in which every option, at any depth, has another value.</summary>
    private static object Changed(object options)
    {
        var copy = options.GetType().GetMethod("<Clone>$")!.Invoke(options, null)!;
        foreach (var property in Data(options.GetType()))
            property.SetValue(copy, Other(property.PropertyType, property.GetValue(options)));
        return copy;
    }

    private static object Other(Type type, object? value) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        var plain when plain == typeof(int) => ((int?)value ?? 0) + 3,
        var plain when plain == typeof(double) => ((double?)value ?? 0) + (1.0 / 3),
        var plain when plain == typeof(bool) => !(bool)value!,
        var plain when plain == typeof(string) => value + "ß \"other\"",
        var plain when plain == typeof(TimeSpan) => (TimeSpan)value! + TimeSpan.FromTicks(1),
        var plain when plain == typeof(IReadOnlyList<int>) => new[] { 5, 6, 7 },
        { IsEnum: true } choices => Enum.GetValues(choices).Cast<object>().First(choice => !choice.Equals(value)),
        var plain when plain == typeof(CheckpointOptions) => Changed(value ?? new CheckpointOptions { Folder = "somewhere" }),
        var plain when plain == typeof(EvaluationOptions) => Changed(value ?? new EvaluationOptions()),
        _ => Changed(value!),
    };
}
