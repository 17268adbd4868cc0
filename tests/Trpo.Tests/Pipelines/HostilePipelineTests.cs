using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>Damaged and hostile bytes end in an <see cref="InvalidDataException"/>, never in another exception or in an assembly that is loaded.</summary>
[NonParallelizable]
public sealed class HostilePipelineTests
{
    // The time that a load that would never end is given; the others take some milliseconds.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(0.1);

    // Two loads at once: some ask for as much memory as a number in the bytes says.
    private static readonly ParallelOptions Pair = new() { MaxDegreeOfParallelism = 2 };

    private readonly PipelineRegistry _registry = PipelineChains.Registry();
    private readonly MLContext _ml = new(seed: 2);
    private EnvironmentDataView _environment = null!;
    private byte[] _model = null!;

    [OneTimeSetUp]
    public void Save()
    {
        _model = PipelineChains.Save("five transforms");

        // Assemblies of the undamaged chain are loaded before they are counted.
        _environment = PipelineChains.Environment(_ml, "five transforms");
        FittedPipeline.Load(_ml, _environment, _model, _registry);
        Assert.That(() => Load([1]), Throws.InstanceOf<InvalidDataException>());
    }

    [Test]
    public void Every_truncation_at_64_bytes()
    {
        var lengths = Enumerable.Range(1, (_model.Length - 1) / 64).Select(i => i * 64).ToList();

        Assert.That(Attempt(lengths.Select(length => (Name(length), _model[..length]))), Is.EqualTo((Loaded: 0, Refused: lengths.Count)));
    }

    [Test]
    public void Every_byte_of_the_archive_flipped()
    {
        var (loaded, refused) = Attempt(Enumerable.Range(0, _model.Length).Select(i => (Name(i), Flip(_model, i, 0xFF))));

        Assert.That(loaded + refused, Is.EqualTo(_model.Length));
        Assert.That(refused, Is.GreaterThan(_model.Length / 2), "others are times and versions of the archive, which nobody reads");
    }

    [Test]
    public void Every_byte_of_every_header_flipped_with_right_checksums([Values(0x01, 0xFF)] int mask)
    {
        var parts = PipelineBytes.Entries(_model).Where(entry => entry.Name.EndsWith("Model.key", StringComparison.Ordinal)).ToList();
        Assert.That(parts, Has.Count.EqualTo(8), "the chain, six transforms and the function of a normalizer");
        var mutations = parts.SelectMany(part => Indices(part.Content).Select(i =>
            ($"{part.Name} {Name(i)}", PipelineBytes.Change(_model, part.Name, content => content.Length == part.Content.Length && content.AsSpan().SequenceEqual(part.Content) ? Flip(content, i, (byte)mask) : content)))).ToList();

        var (loaded, refused) = Attempt(mutations);
        TestContext.Out.WriteLine(FormattableString.Invariant($"{mutations.Count} mutations: {refused} refused, {loaded} loaded"));
        Assert.That(loaded + refused, Is.EqualTo(mutations.Count).And.GreaterThan(2_000));
        Assert.That(loaded, Is.LessThanOrEqualTo(4 * parts.Count), "ML.NET reads parts that say that a newer version wrote them, in four bytes");

        // The header, and the strings and the assembly behind the values.
        static IEnumerable<int> Indices(byte[] part)
        {
            var values = PartHeader.Read(part).Model.Length;
            return Enumerable.Range(0, part.Length).Where(i => i is < 256 || i >= 256 + values);
        }
    }

    [TestCase("five transforms")]
    [TestCase("distribution")]
    [TestCase("missing indicator")]
    [TestCase("keys of numbers")]
    [TestCase("norm of rows")]
    [TestCase("hashed categories")]
    [TestCase("names of keys")]
    [TestCase("formula")]
    public void Every_byte_of_the_values_of_every_part_flipped_or_cut_off_with_right_checksums(string chain)
    {
        var environment = PipelineChains.Environment(_ml, chain);
        var model = PipelineChains.Save(chain);
        var parts = PipelineBytes.Entries(model).Where(entry => entry.Name.EndsWith("Model.key", StringComparison.Ordinal)).ToList();
        var mutations = parts.SelectMany(part =>
        {
            var values = PartHeader.Read(part.Content).Model;
            return Enumerable.Range(0, values.Length).Select(i => ($"{part.Name} {Name(i)} flipped", Change(part, Flip(part.Content, 256 + i, 1))))
                .Append(($"{part.Name} cut off", Change(part, PipelineBytes.Part(part.Content, model: values[..^1].ToArray()))))
                .Append(($"{part.Name} halved", Change(part, PipelineBytes.Part(part.Content, model: values[..(values.Length / 2)].ToArray()))));
        }).ToList();
        FittedPipeline.Load(_ml, environment, model, _registry);

        var (loaded, refused) = Attempt(mutations, bytes => FittedPipeline.Load(_ml, environment, bytes, _registry, Limit));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{mutations.Count} mutations: {refused} refused, {loaded} loaded"));
        Assert.That(loaded + refused, Is.EqualTo(mutations.Count));
        Assert.That(refused, Is.GreaterThanOrEqualTo(2 * parts.Count), "no part is loaded that is cut off");

        byte[] Change((string Name, byte[] Content) part, byte[] content) => PipelineBytes.Zip(PipelineBytes.Entries(model).Select(entry => entry.Name == part.Name ? (entry.Name, content) : entry));
    }

    [TestCase("Key")]
    [TestCase("Key2")]
    [TestCase("VBuffer")]
    public void Types_that_are_nested_up_to_the_limit_and_beyond_it(string type)
    {
        var model = PipelineChains.Save("missing values");

        Assert.That(() => PipelineChains.Load(Nested(16)), Throws.InstanceOf<InvalidDataException>().With.Message.Not.Contains("levels deep"), "ML.NET judges them");
        foreach (var depth in (int[])[17, 20_000])
            Assert.That(() => PipelineChains.Load(Nested(depth)), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("more than 16 levels deep"));

        byte[] Nested(int depth) => PipelineBytes.Change(model, "Transform_001/Model.key", part => PipelineBytes.Part(part, model: [.. PartHeader.Read(part).Model[..12].Span, .. PipelineBytes.Types(depth, type)]));
    }

    [TestCase("(", ")")]
    [TestCase("-", "")]
    [TestCase("abs(", ")")]
    [TestCase("a>1?", ":1")]
    [TestCase("(-", "")]
    public void A_formula_that_is_nested_as_deep_as_its_part_may_be_long(string open, string close)
    {
        var (ml, depth) = (new MLContext(), 15_900 / (open.Length + close.Length));
        var environment = PipelineChains.Environment(ml, "formula");
        var formula = "a=>" + string.Concat(Enumerable.Repeat(open, depth)) + "a" + string.Concat(Enumerable.Repeat(close, depth));
        var model = PipelineBytes.Change(PipelineChains.Save("formula"), "Transform_000/Model.key", part => PipelineBytes.Part(part, strings: ["Stock", formula, "Expected"], model: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 255, 255, 255, 255, 9, 0, 0, 0]));

        // Loaded or refused: the process must survive it.
        Assert.That(Attempt([(open, model)], bytes => FittedPipeline.Load(ml, environment, bytes, new PipelineRegistry())), Is.AnyOf((1, 0), (0, 1)));
        var longer = PipelineBytes.Change(model, "Transform_000/Model.key", part => PipelineBytes.Part(part, strings: ["Stock", formula + new string(' ', 600), "Expected"]));
        Assert.That(() => FittedPipeline.Load(ml, environment, longer, new PipelineRegistry()), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("has formulas and").And.Message.Contains("32768 is the maximum"));
    }

    private void Load(byte[] model) => FittedPipeline.Load(_ml, _environment, model, _registry, Limit);

    private static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static byte[] Flip(byte[] bytes, int index, byte mask)
    {
        var changed = bytes.ToArray();
        changed[index] ^= mask;
        return changed;
    }

    private (int Loaded, int Refused) Attempt(IEnumerable<(string Name, byte[] Model)> models, Action<byte[]>? load = null)
    {
        var before = Assemblies();
        var (loaded, refused) = (0, 0);
        var others = new ConcurrentBag<string>();
        Parallel.ForEach(models, Pair, mutation =>
        {
            try
            {
                (load ?? Load)(mutation.Model);
                Interlocked.Increment(ref loaded);
            }
            catch (InvalidDataException)
            {
                Interlocked.Increment(ref refused);
            }
            catch (Exception exception)
            {
                others.Add($"{mutation.Name}: {exception}");
            }
        });

        Assert.That(others, Is.Empty);
        Assert.That(Assemblies().Except(before), Is.Empty);
        return (loaded, refused);
    }

    // Those that the test runner generates are no files, and those of .NET itself are loaded when it first needs them.
    private static HashSet<string> Assemblies() => [.. AppDomain.CurrentDomain.GetAssemblies()
        .Where(assembly => !assembly.IsDynamic && Path.GetDirectoryName(assembly.Location) != Path.GetDirectoryName(typeof(object).Assembly.Location)).Select(assembly => assembly.FullName!)];
}
