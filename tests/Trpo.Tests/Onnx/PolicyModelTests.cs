using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Files;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class PolicyModelTests
{
    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;
    private byte[] _saved = null!;

    private string Model => Path.Combine(_folder.FullName, "model.zip");

    [SetUp]
    public void SaveModel()
    {
        _folder = Directory.CreateTempSubdirectory("trpo-tests-");
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        PolicyModel.Save(_ml, policy, Support.Policies.View(_ml, []).Schema, Model);
        _saved = File.ReadAllBytes(Model);
    }

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [Test]
    public void Files_and_streams_give_back_what_was_saved()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(20));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var expected = policy.Transform(view).GetColumn<uint>("Action").ToList();
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(_saved);
        deflated.Position = 0;
        using var unseekable = new DeflateStream(deflated, CompressionMode.Decompress);

        var fromFile = PolicyModel.Load(_ml, Model, out var schema);
        var fromStream = PolicyModel.Load(_ml, unseekable, out _);
        Assert.That(schema!.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id" }));
        Assert.That(fromFile.Transform(view).GetColumn<uint>("Action"), Is.EqualTo(expected));
        Assert.That(fromStream.Transform(view).GetColumn<uint>("Action"), Is.EqualTo(expected));
        Assert.That(_ml.Model.Load(Model, out _).Transform(view).GetColumn<uint>("Action"), Is.EqualTo(expected));
    }

    [Test]
    public void The_schema_can_be_left_out()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        PolicyModel.Save(_ml, policy, null, Model);

        Assert.That(PolicyModel.Load(_ml, Model, out var schema), Is.Not.Null);
        Assert.That(schema, Is.Null);
    }

    [Test]
    public void A_missing_file_throws_FileNotFoundException() =>
        Assert.That(() => PolicyModel.Load(_ml, Model + ".old", out _), Throws.TypeOf<FileNotFoundException>());

    [Test]
    public void A_damaged_policy_is_named_as_the_reason() => AssertRefused(
        Rewriting.Entries(_saved, (name, content) =>
        {
            if (name.EndsWith("Policy", StringComparison.Ordinal))
                content[^100] ^= 1;
            return content;
        }),
        "does not match its checksum");

    [Test]
    public void A_newer_version_is_refused_with_both_numbers()
    {
        // The version with which the policy can be read stands behind the one with which it was written, behind its signature.
        var newer = Rewriting.Entries(_saved, (name, content) =>
        {
            var place = content.AsSpan().IndexOf("TRPOPLCY"u8);
            if (place >= 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(place + 8), 0x00020003);
                BinaryPrimitives.WriteUInt32LittleEndian(content.AsSpan(place + 12), 0x00020003);
            }

            return content;
        });

        AssertRefused(newer, "saved by a newer version (2.3) than this library reads (1.");
        Assert.That(() => _ml.Model.Load(new MemoryStream(newer), out _), Throws.InnerException.TypeOf<InvalidDataException>().And.InnerException.Message.Contains("(2.3)"));
    }

    [Test]
    public void A_length_that_makes_ml_net_read_for_ever_ends_in_time()
    {
        // The number of dimensions of the observations, behind their type's name: 257 instead of 1.
        var endless = Rewriting.Entries(_saved, (name, content) =>
        {
            if (name == "Schema")
                content[content.AsSpan().IndexOf("Single\0\u0001"u8) + 8] = 1;
            return content;
        });

        Assert.That(() => PolicyModel.Load(_ml, new MemoryStream(endless), TimeSpan.FromSeconds(2), out _), Throws.TypeOf<InvalidDataException>().With.Message.Contains("after 2 seconds"));
    }

    [Test]
    public void A_model_without_a_policy_is_refused_with_the_reason()
    {
        var copy = _ml.Transforms.CopyColumns("A", "Id").Fit(Support.Policies.View(_ml, []));
        using var content = new MemoryStream();
        _ml.Model.Save(copy, null, content);

        Assert.That(() => PolicyModel.Save(_ml, copy, null, Model), Throws.ArgumentException.With.Message.Contains("PolicyTransformer"));
        AssertRefused(content.ToArray(), "it has no policy");
    }

    [TestCase("../Model.key")]
    [TestCase("TransformerChain/../../Model.key")]
    [TestCase("TransformerChain\\..\\Model.key")]
    [TestCase("/etc/Model.key")]
    [TestCase("\\Model.key")]
    [TestCase("C:/Model.key")]
    public void Entries_stay_within_the_archive(string name) => AssertRefused(Rewriting.Archive((name, [1])), "leads out of the archive");

    [Test]
    public void Entries_are_unique_and_not_nested_without_end()
    {
        AssertRefused(Rewriting.Archive(("a/b", [1]), ("A\\b", [2])), "twice");
        AssertRefused(Rewriting.Archive((string.Concat(Enumerable.Repeat("a/", 70)), [1])), "has a name");
        AssertRefused(Rewriting.Archive(Enumerable.Range(0, ModelArchive.MaxEntries + 1).Select(i => ($"{i}", Array.Empty<byte>()))), "more than 4096 entries");
    }

    [Test]
    public void A_zip_bomb_is_refused_before_it_is_decompressed()
    {
        var bomb = Rewriting.Archive(("zeros", new byte[64 << 20]));
        var table = Rewriting.Archive(("zeros", new byte[8 << 20]));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(() => ModelArchive.Check(Declaring(bomb, 600 << 20)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("more than 512 MiB"));
        Assert.That(() => ModelArchive.Check(Declaring(bomb, 1 << 20)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("does not match its checksum"), "no more is inflated than is declared");
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));
        Assert.That(() => ModelArchive.Check(table), Throws.Nothing, "a table of zeros, as of weights over hashed features, is in order");
    }

    [Test]
    public void The_callers_word_lets_a_model_load_whose_policy_is_not_admitted()
    {
        var graph = new GraphInFront();
        using var policy = new PolicyTransformer(graph.Build(graph.Node("NonZero", "places", ["observation"])), new(), trust: true);
        PolicyModel.Save(_ml, policy, null, Model);

        Assert.That(() => PolicyModel.Load(_ml, Model, out _), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'NonZero'"));
        Assert.That(PolicyModel.Load(_ml, Model, trust: true, out _), Is.InstanceOf<ITransformer>());
        Assert.That(PolicyModel.Load(_ml, new MemoryStream(File.ReadAllBytes(Model)), trust: true, out _), Is.InstanceOf<ITransformer>());
        Assert.That(() => PolicyModel.Load(_ml, Model, out _), Throws.TypeOf<InvalidDataException>(), "the word holds for one load");
        Assert.That(() => PolicyModel.Load(_ml, new MemoryStream(File.ReadAllBytes(Model)), trust: false, out _), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'NonZero'"));
        Assert.That(() => PolicyModel.Load(_ml, new MemoryStream([1, 2, 3]), trust: true, out _), Throws.TypeOf<InvalidDataException>().With.Message.Contains("zip archive"), "the archive is checked nevertheless");
    }

    [Test]
    public void A_file_that_cannot_be_replaced_stays_as_it_was()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Vectors);
        var occupied = Directory.CreateDirectory(Path.Combine(_folder.FullName, "occupied"));
        File.WriteAllBytes(Path.Combine(occupied.FullName, "file"), [1]);

        Assert.Multiple(() =>
        {
            Assert.That(() => PolicyModel.Save(_ml, policy.Append(new FailingTransformer()), null, Model), Throws.TypeOf<NotSupportedException>());
            Assert.That(() => PolicyModel.Save(_ml, policy, null, occupied.FullName), Throws.InstanceOf<Exception>().And.Not.InstanceOf<InvalidDataException>());
            Assert.That(() => PolicyModel.Save(_ml, policy, null, Path.Combine(Model, "below a file")), Throws.InstanceOf<IOException>());
            Assert.That(() => policy.SaveOnnx(occupied.FullName), Throws.InstanceOf<Exception>());
            Assert.That(() => policy.SaveOnnx(Path.Combine(Model, "below a file")), Throws.InstanceOf<IOException>());
            Assert.That(File.ReadAllBytes(Model), Is.EqualTo(_saved));
            Assert.That(_folder.GetFileSystemInfos("*", SearchOption.AllDirectories).Select(file => file.Name), Is.EquivalentTo(new[] { "model.zip", "occupied", "file" }), "nothing is left beside it");
        });
    }

    private void AssertRefused(byte[] zip, string why)
    {
        File.WriteAllBytes(Model, zip);
        Assert.That(() => PolicyModel.Load(_ml, Model, out _), Throws.TypeOf<InvalidDataException>().With.Message.StartsWith($"Could not load a model from {Model}: ").And.Message.Contains(why));
    }

    // The length that the list at the end of the archive gives for its first entry.
    private static byte[] Declaring(byte[] zip, uint length)
    {
        byte[] lying = [.. zip];
        BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(lying.AsSpan().IndexOf("PK\u0001\u0002"u8) + 24), length);
        return lying;
    }

    /// <summary>A transformer that cannot be saved.</summary>
    private sealed class FailingTransformer : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new NotSupportedException("It maps no rows.");

        public IDataView Transform(IDataView input) => input;

        public void Save(ModelSaveContext ctx) => throw new NotSupportedException("This cannot be saved.");
    }
}
