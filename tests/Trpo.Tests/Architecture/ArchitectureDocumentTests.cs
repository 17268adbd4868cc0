using System.Reflection;
using System.Text.RegularExpressions;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests.Architecture;

/// <summary>Tests that the journeys of docs/architecture.md name types and members that exist.</summary>
public sealed partial class ArchitectureDocumentTests
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;

    private static readonly string Text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"));

    private static readonly ILookup<string, Type> Types = new[] { typeof(TrpoEstimator).Assembly, typeof(PolicyTransformer).Assembly, typeof(PolicyMetadata).Assembly }
        .SelectMany(assembly => assembly.GetTypes()).ToLookup(type => type.Name.Split('`')[0]);

    private static IEnumerable<string> Names => Text.Split('\n')
        .Where(line => Step().IsMatch(line))
        .SelectMany(line => Code().Matches(line).Select(match => match.Groups[1].Value))
        .Except(["LoadFromEnvironment", "PredictionEngine"])
        .Distinct();

    [TestCaseSource(nameof(Names))]
    public void A_step_names_what_exists(string name)
    {
        var parts = name.Split('.');

        Assert.That(Types[parts[0]], Is.Not.Empty, $"There is no type {parts[0]}.");
        if (parts.Length > 1)
            Assert.That(Types[parts[0]].SelectMany(type => type.GetMember(parts[1], Any)), Is.Not.Empty, $"{parts[0]} has no member {parts[1]}.");
    }

    [Test]
    public void There_are_three_journeys()
    {
        Assert.That(Text.Split('\n').Count(line => line.StartsWith("## Journey", StringComparison.Ordinal)), Is.EqualTo(3));
        Assert.That(Names.Count(), Is.GreaterThan(40));
    }

    [Test]
    public void Links_lead_to_files()
    {
        var missing = Link().Matches(Text).Select(match => match.Groups[1].Value).Where(path => !File.Exists(Path.Combine(Repository.Root, "docs", path)));

        Assert.That(missing, Is.Empty);
    }

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex Step();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\(([^)#]+)")]
    private static partial Regex Link();
}
