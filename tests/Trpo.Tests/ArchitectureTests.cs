using System.Text.RegularExpressions;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The rooms of the libraries, and the arrows between them: each may use those below it and no other.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>What each folder of Trpo.Estimators may use of the others, from the bottom up.</summary>
    private static readonly Dictionary<string, string[]> Rooms = new()
    {
        ["Advantages"] = [],
        ["Foundation"] = [],
        ["NativeLibraries"] = [],
        ["Telemetry"] = [],
        ["Checkpoints"] = ["Foundation"],

        ["Optimization"] = ["Foundation"],
        ["Distributions"] = [],
        ["Environments"] = ["Checkpoints"],
        ["Environments.Stepping"] = ["Checkpoints", "Environments"],
        ["Environments.DataViews"] = ["Environments", "Environments.Stepping"],
        ["Environments.Checking"] = ["Environments"],
        ["Environments.ClassicControl"] = ["Checkpoints", "Environments"],
        ["Health"] = ["Checkpoints", "Foundation", "Optimization"],
        ["Kernels"] = [],
        ["Networks"] = ["Checkpoints", "Foundation", "Kernels", "Optimization"],
        ["Policies"] = ["Checkpoints", "Distributions", "Networks"],
        ["Baselines"] = ["Checkpoints", "Foundation", "Networks", "Optimization"],
        ["Evaluation"] = ["Environments", "Environments.DataViews", "Environments.Stepping", "Foundation"],
        ["Rollouts"] = ["Checkpoints", "Environments", "Environments.DataViews", "Environments.Stepping", "Policies"],
        ["Training"] = ["Advantages", "Baselines", "Checkpoints", "Environments", "Environments.DataViews", "Foundation", "Health", "Optimization", "Policies", "Rollouts", "Telemetry"],
    };

    /// <summary>The same of Trpo.Onnx. What its users name stands above, in no folder.</summary>
    private static readonly Dictionary<string, string[]> DeploymentRooms = new()
    {
        ["Files"] = [],
        ["Interop"] = [],
        ["Randomness"] = [],
        ["Runtime"] = [],
        ["Spaces"] = [],
        ["Sampling"] = ["Randomness", "Spaces"],
        ["Graph"] = ["Graph.Format", "Spaces"],
        ["Rows"] = ["Graph", "Interop", "Spaces"],
        ["Conversion"] = ["Graph", "Graph.Format", "Interop", "Rows", "Runtime", "Spaces"],
    };

    /// <summary>The same of Trpo.Reports.</summary>
    private static readonly Dictionary<string, string[]> ReportRooms = new()
    {
        ["Descriptions"] = [],
        ["History"] = [],
        ["TensorBoard"] = ["TensorBoard.Format"],
        ["Csv"] = ["History"],
        ["Charts"] = ["History"],
        ["Verdicts"] = ["History"],
        ["Html"] = ["Charts", "Descriptions", "History", "Verdicts"],
    };

    [Test]
    public void Deployment_knows_nothing_of_training()
    {
        var references = typeof(PolicyTransformer).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name);

        Assert.That(references, Has.None.EqualTo("TorchSharp").And.None.EqualTo("Trpo.Estimators"));
        Assert.That(typeof(TrpoEstimator).Assembly.GetReferencedAssemblies().Select(assembly => assembly.Name), Has.Some.EqualTo("Trpo.Onnx"));
    }

    [TestCase("Trpo.Estimators")]
    [TestCase("Trpo.Onnx")]
    [TestCase("Trpo.Reports")]
    public void Every_room_uses_only_those_below_it(string project)
    {
        var rooms = project switch { "Trpo.Onnx" => DeploymentRooms, "Trpo.Reports" => ReportRooms, _ => Rooms };
        var usings = new Regex($@"^using (?:static )?{Regex.Escape(project)}\.([A-Za-z.]+);", RegexOptions.Multiline);
        var violations = SourceFiles($"src/{project}")
            .Where(file => file.Room.Length > 0)
            .SelectMany(file => usings.Matches(file.Text).Select(match => match.Groups[1].Value)
                .Where(used => used != file.Room && !rooms[file.Room].Contains(used))
                .Select(used => $"{file.Room} uses {used} ({file.Name})"));

        Assert.That(violations, Is.Empty);
    }

    [Test]
    public void Neither_training_nor_deployment_knows_of_plotting()
    {
        System.Reflection.Assembly[] libraries = [typeof(TrpoEstimator).Assembly, typeof(PolicyTransformer).Assembly];
        var references = libraries.SelectMany(library => library.GetReferencedAssemblies().Select(assembly => assembly.Name));

        Assert.That(references, Has.None.EqualTo("ScottPlot").And.None.EqualTo("SkiaSharp").And.None.EqualTo("Trpo.Reports"));
    }

    [Test]
    public void Only_training_knows_the_options_and_iterations_above_it()
    {
        var violations = SourceFiles("src/Trpo.Estimators")
            .Where(file => file.Room is not ("" or "Training") && RootTypes().IsMatch(file.Text))
            .Select(file => file.Name);

        Assert.That(violations, Is.Empty);
    }

    [Test]
    public void Folders_are_namespaces()
    {
        string[] projects = ["Trpo.Estimators", "Trpo.Onnx", "Trpo.Reports"];
        var violations = projects.SelectMany(project => SourceFiles($"src/{project}")
            .Where(file => !file.Text.Contains($"namespace {string.Join('.', new[] { project, file.Room }.Where(part => part.Length > 0))}", StringComparison.Ordinal))
            .Select(file => file.Name));

        Assert.That(violations, Is.Empty);
    }

    [Test]
    public void Only_interop_and_the_loader_that_ml_net_calls_reach_into_ml_net()
    {
        var violations = SourceFiles("src/Trpo.Onnx")
            .Where(file => file.Room != "Interop" && file.Name != "PolicyTransformerLoader.cs" && Internals().IsMatch(file.Text))
            .Select(file => file.Name);

        Assert.That(violations, Is.Empty);
        Assert.That(SourceFiles("src/Trpo.Onnx").Count(file => file.Room == "Interop"), Is.EqualTo(1));
    }

    [Test]
    public void Files_are_short()
    {
        string[] folders = ["src", "tests", "examples", "benchmarks", "build"];
        var longest = folders.SelectMany(folder => SourceFiles(folder)).Where(file => file.Text.Count(character => character == '\n') > 300).Select(file => file.Name);

        Assert.That(longest, Is.Empty);
    }

    private static IEnumerable<(string Room, string Name, string Text)> SourceFiles(string folder)
    {
        var root = Path.Combine(Repository.Root, folder);
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(root, path))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Select(path => (Path.GetDirectoryName(path)!.Replace(Path.DirectorySeparatorChar, '.'), path, File.ReadAllText(Path.Combine(root, path))));
    }

    [GeneratedRegex(@"\b(TrpoOptions|TrpoIteration|TrpoEstimator|TrainingException|ReinforcementLearningCatalog|ReinforcementLearningTrainers)\b")]
    private static partial Regex RootTypes();

    [GeneratedRegex(@"\b(ModelLoadContext|VersionInfo|LoadableClass|SignatureLoadModel|IDataTransform|SchemaShape\.Create)\b")]
    private static partial Regex Internals();
}
