using System.Buffers.Binary;
using Microsoft.ML;
using Trpo.Estimators.Pipelines;
using Trpo.Onnx;
using Trpo.Onnx.Files;
using Trpo.Tests.Pipelines;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Types and formulas inside each other, which ML.NET reads by recursion: up to the limits they are ML.NET's to judge, and beyond them they are refused before the stack overflows.</summary>
public sealed class NestedModelTests
{
    private const string ValuesPart = "Transform_000/Model.key";
    private const string FormulaPart = "Transform_001/Model.key";
    private const string TooDeep = "has types of values inside each other, more than 16 levels deep";

    private readonly MLContext _ml = new(seed: 1);
    private byte[] _model = null!;

    [OneTimeSetUp]
    public void Save()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var chain = _ml.Transforms.ReplaceMissingValues("Observation").Append(_ml.Transforms.Expression("Next", "x => x", "Id")).Fit(view).Append(policy);
        using var content = new MemoryStream();
        _ml.Model.Save(chain, view.Schema, content);
        _model = content.ToArray();
        Assert.That(() => PolicyModel.Load(_ml, new MemoryStream(_model), out _), Throws.Nothing);
    }

    [TestCase("Key")]
    [TestCase("Key2")]
    [TestCase("VBuffer")]
    [TestCase("VBuffer", "Key2", "Key")]
    public void Types_are_refused_beyond_16_levels(params string[] names)
    {
        foreach (var change in (Func<byte[], byte[]>[])[InValues, InSchema])
        {
            Assert.That(() => Load(change(PipelineBytes.Types(16, names))), Throws.TypeOf<InvalidDataException>().With.Message.Not.Contains(TooDeep), "ML.NET refuses them by itself");
            Assert.That(() => Load(change(PipelineBytes.Types(17, names))), Throws.TypeOf<InvalidDataException>().With.Message.Contains(TooDeep));
        }
    }

    [Test]
    public void Numbers_that_are_longer_than_they_need_hide_no_level()
    {
        byte[] level = [0x83, 0x80, 0x80, 0x80, 0, .. "Key"u8, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0];
        byte[] Types(int depth) => [.. Enumerable.Repeat(level, depth).SelectMany(bytes => bytes)];

        Assert.That(() => Load(InValues(Types(16))), Throws.TypeOf<InvalidDataException>().With.Message.Not.Contains(TooDeep));
        Assert.That(() => Load(InValues(Types(17))), Throws.TypeOf<InvalidDataException>().With.Message.Contains(TooDeep));
    }

    [Test]
    public void Types_are_found_wherever_they_stand_in_a_long_entry([Values("Key", "VBuffer")] string name, [Values(16, 17)] int depth)
    {
        var types = PipelineBytes.Types(depth, name);
        for (var place = 65_000; place < 67_000; place += 13)
        {
            var archive = Rewriting.Archive(("entry", [.. new byte[place], .. types, .. new byte[100_000]]));
            Assert.That(() => ModelArchive.Check(archive), depth == 16 ? Throws.Nothing : Throws.TypeOf<InvalidDataException>().With.Message.Contains(TooDeep), $"{place}");
        }
    }

    [Test]
    public void No_depth_ends_the_process()
    {
        using var folder = new TemporaryFolder();
        var files = new List<(string Name, byte[] Model, string Reason)>();
        foreach (var depth in (int[])[20_000, 1_000_000])
        {
            foreach (var name in (string[])["Key", "Key2", "VBuffer"])
            {
                files.Add(($"{name}-{depth}-values", InValues(PipelineBytes.Types(depth, name)), TooDeep));
                files.Add(($"{name}-{depth}-schema", InSchema(PipelineBytes.Types(depth, name)), TooDeep));
            }
        }

        foreach (var (name, open, close) in ((string, string, string)[])[("parentheses", "(", ")"), ("minus", "-", ""), ("abs", "abs(", ")"), ("choices", "a>1?", ":1"), ("both", "(-", ""), ("open", "(", "")])
        {
            files.Add(($"{name}-deep", InFormula(open, close, 20_000), "has formulas and"));
            files.Add(($"{name}-deepest", InFormula(open, close, 15_900 / (open.Length + close.Length)), ""));
        }

        foreach (var (name, model, _) in files)
            File.WriteAllBytes(folder.PathOf(name), model);
        var (exitCode, output, error) = Child.Run("Trpo.Fuzz", ["load", .. files.Select(file => folder.PathOf(file.Name))]);

        Assert.That(exitCode, Is.Zero, () => error[..Math.Min(error.Length, 500)]);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines, Has.Length.EqualTo(files.Count));
        foreach (var (line, file) in lines.Zip(files))
            Assert.That(line, Does.StartWith($"{file.Name}: ").And.Contain(file.Reason));
        Assert.That(lines.Where(line => line.Contains("-deepest:", StringComparison.Ordinal)), Has.None.Contains("is the maximum").And.Some.EndsWith(": loaded"));
    }

    [Test]
    public void Vocabularies_that_hold_the_names_of_types_load()
    {
        string[] words = ["Key", "Key2", "VBuffer", "VBuffer Key", "KeyKeyKey", "VBuffer\tKey\tKey2\tKey", "EXPRTRNF"];
        var rows = Enumerable.Range(0, 6_000).Select(i => new Word { Text = i < words.Length ? words[i] : $"{words[i % words.Length]}{i}" }).ToList();
        var view = _ml.Data.LoadFromEnumerable(rows);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var chain = _ml.Transforms.Conversion.MapValueToKey("Text").Fit(view).Append(policy);
        using var content = new MemoryStream();
        _ml.Model.Save(chain, view.Schema, content);
        using var loaded = (IDisposable)PolicyModel.Load(_ml, new MemoryStream(content.ToArray()), out _);

        Assert.That(loaded, Is.Not.Null);
    }

    private ITransformer Load(byte[] model) => PolicyModel.Load(_ml, new MemoryStream(model), out _);

    // In front of the types stand the number of columns and the names of the first one.
    private byte[] InValues(byte[] types) =>
        PipelineBytes.Change(_model, ValuesPart, part => PipelineBytes.Part(part, model: [.. PartHeader.Read(part).Model[..12].Span, .. types]));

    // The vector of the first column of the schema gets the types in its place, around its numbers. The header says where the end is.
    private byte[] InSchema(byte[] types) => Rewriting.Entries(_model, (name, content) =>
    {
        if (name != "Schema")
            return content;
        const int end = 0x20;
        var vector = "\u0007VBuffer"u8;
        var column = content.AsSpan().IndexOf(vector);
        Assert.That(column, Is.Positive);
        byte[] changed = [.. content[..column], .. types, .. content[(column + vector.Length + 1)..]];
        BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(end), BinaryPrimitives.ReadInt64LittleEndian(content.AsSpan(end)) + changed.Length - content.Length);
        return changed;
    });

    private byte[] InFormula(string open, string close, int depth)
    {
        var formula = "a=>" + string.Concat(Enumerable.Repeat(open, depth)) + "a" + string.Concat(Enumerable.Repeat(close, depth));
        return PipelineBytes.Change(_model, FormulaPart, part => PipelineBytes.Part(part, strings: [.. PartHeader.Read(part).Strings.Select(text => text == "x => x" ? formula : text)]));
    }

    private sealed class Word
    {
        [Microsoft.ML.Data.VectorType(4)]
        public float[] Observation { get; set; } = new float[4];

        public string Text { get; set; } = "";
    }
}
