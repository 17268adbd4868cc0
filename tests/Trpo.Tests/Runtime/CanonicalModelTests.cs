using CsCheck;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Runtime;

/// <summary>Tests of the form in which a model is hashed: the one in which the exporter writes it, whatever program wrote the same fields again.</summary>
public sealed class CanonicalModelTests
{
    private static readonly byte[] Exported = Support.Policies.Onnx(Support.Policies.Vectors);

    [Test]
    public void A_model_of_the_exporter_is_canonical() => Assert.That(Canonical(Exported), Is.EqualTo(Exported));

    [Test]
    public void Any_order_of_fields_and_any_packing_has_the_canonical_form_of_the_parser()
    {
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 20]).Sample((seed, count) =>
        {
            var random = new Random(seed);
            var model = Model(random, count);
            var written = Scramble(model.ToByteArray(), OnnxSchema.Model, random);

            Assert.That(ModelProto.Parser.ParseFrom(written).ToByteArray(), Is.EqualTo(model.ToByteArray()));
            Assert.That(Canonical(written), Is.EqualTo(model.ToByteArray()));
        });
    }

    [Test]
    public void A_policy_that_another_program_wrote_again_keeps_its_digest()
    {
        var written = Scramble(Exported, OnnxSchema.Model, new Random(1));

        Assert.That(written, Is.Not.EqualTo(Exported));
        Assert.That(PolicyMetadata.FromOnnx(written).ToString(), Is.EqualTo(PolicyMetadata.FromOnnx(Exported).ToString()));
        var damaged = ModelProto.Parser.ParseFrom(written);
        damaged.Graph.Name += "x";
        Assert.That(() => PolicyMetadata.FromOnnx(Scramble(damaged.ToByteArray(), OnnxSchema.Model, new Random(1))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("digest"));
    }

    [Test]
    public void A_value_that_occurs_twice_is_refused()
    {
        byte[] model = [.. Exported, 0x08, 0x07];

        Assert.That(() => PolicyMetadata.FromOnnx(model), Throws.TypeOf<InvalidDataException>().With.Message.Contains("field 1 of a ModelProto occurs twice"));
    }

    [Test]
    public void A_text_that_is_not_utf_8_is_refused()
    {
        byte[] model = [.. Exported, 0x72, 0x04, 0x0A, 0x02, 0xC3, 0x28];

        Assert.That(() => PolicyMetadata.FromOnnx(model), Throws.TypeOf<InvalidDataException>().With.Message.Contains("UTF-8"));
    }

    private static byte[] Canonical(byte[] model)
    {
        ModelFields.Check(model);
        return CanonicalModel.Of(model, _ => true).ToArray();
    }

    private static ModelProto Model(Random random, int count)
    {
        var model = new ModelProto { IrVersion = random.Next(3), ModelVersion = -random.Next(2), DocString = random.Next(2) == 0 ? "" : "Ü", Graph = new GraphProto() };
        for (var i = 0; i < count; i++)
        {
            var tensor = new TensorProto { DataType = random.Next(2) == 0 ? -1 : (int)DataType.Float, Name = $"t{i}" };
            tensor.Dims.Add([random.Next(), -1, 0]);
            tensor.FloatData.Add([random.NextSingle(), 0, -0f, float.NaN]);
            tensor.Int32Data.Add(random.Next(2) == 0 ? [] : [-1, 0, 300]);
            tensor.DoubleData.Add(random.NextDouble());
            tensor.Uint64Data.Add(ulong.MaxValue);
            if (random.Next(2) == 0)
                tensor.RawData = ByteString.CopyFrom(new byte[random.Next(3)]);
            model.Graph.Initializer.Add(tensor);
            var attribute = new AttributeProto { Name = "a", Type = AttributeProto.Types.AttributeType.Int, T = tensor.Clone(), F = random.Next(2), I = -random.Next(2) };
            attribute.Ints.Add([1, -1]);
            model.Graph.Node.Add(new NodeProto { OpType = "Add", Input = { "", $"x{i}" }, Attribute = { attribute } });
        }

        return model;
    }

    // Fields in another order, defaults that are written out, numbers one by one, and integers in more bytes than they need.
    private static byte[] Scramble(byte[] message, OnnxMessage type, Random random)
    {
        var fields = new List<(int Key, byte[] Bytes)>();
        var given = Numbers(message);
        foreach (var field in type.Fields)
        {
            if (!given.Contains(field.Number) && !field.IsRepeated && !field.HasPresence)
                fields.Add((random.Next(), [.. Varint(((ulong)field.Number << 3) | (uint)field.WireType), 0]));
        }

        var groups = new Dictionary<int, int>();
        var reader = new WireReader(message);
        while (!reader.IsAtEnd)
        {
            var start = message.Length - reader.Left;
            var (number, wireType) = reader.Tag();
            var field = type.Find(number);
            if (!groups.TryGetValue(number, out var key))
                groups[number] = key = random.Next();
            if (wireType != 2)
            {
                reader.Skip(wireType);
                fields.Add((key, message[start..(message.Length - reader.Left)]));
                continue;
            }

            var content = reader.Content().ToArray();
            if (field.IsPackable)
                fields.Add((key, Unpacked(content, field)));
            else
                fields.Add((key, Delimited(number, field.Message is { } inner ? Scramble(content, inner, random) : content)));
        }

        return [.. fields.OrderBy(field => field.Key).SelectMany(field => field.Bytes)];
    }

    private static byte[] Unpacked(byte[] content, OnnxField field)
    {
        var bytes = new List<byte>();
        var reader = new WireReader(content);
        while (!reader.IsAtEnd)
        {
            var start = content.Length - reader.Left;
            reader.Skip(field.WireType);
            bytes.AddRange([.. Varint(((ulong)field.Number << 3) | (uint)field.WireType), .. content[start..(content.Length - reader.Left)]]);
        }

        return [.. bytes];
    }

    private static HashSet<int> Numbers(byte[] message)
    {
        var numbers = new HashSet<int>();
        var reader = new WireReader(message);
        while (!reader.IsAtEnd)
        {
            var (number, wireType) = reader.Tag();
            reader.Skip(wireType);
            numbers.Add(number);
        }

        return numbers;
    }

    // Two bytes more than needed for the length.
    private static byte[] Delimited(int number, byte[] content)
    {
        byte[] length = Varint((ulong)content.Length);
        length[^1] |= 0x80;
        return [.. Varint(((ulong)number << 3) | 2), .. length, 0x80, 0, .. content];
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
