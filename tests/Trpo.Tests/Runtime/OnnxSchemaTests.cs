using Google.Protobuf.Reflection;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;

namespace Trpo.Tests.Runtime;

/// <summary>Tests that the schema by which models are read is that of onnx.proto, from which the code that writes them is generated.</summary>
public sealed class OnnxSchemaTests
{
    [Test]
    public void The_schema_is_that_of_the_code_that_writes_models()
    {
        var compared = new Dictionary<string, OnnxMessage>();
        Compare(OnnxSchema.Model, ModelProto.Descriptor, compared);

        Assert.That(compared.Keys, Is.EquivalentTo(new[]
        {
            "ModelProto", "OperatorSetIdProto", "StringStringEntryProto", "GraphProto", "NodeProto", "AttributeProto", "TensorProto", "ValueInfoProto", "TypeProto", "Tensor", "TensorShapeProto", "Dimension",
        }));
    }

    private static void Compare(OnnxMessage message, MessageDescriptor descriptor, Dictionary<string, OnnxMessage> compared)
    {
        if (!compared.TryAdd(message.Name, message))
            return;
        Assert.That(message.Name, Is.EqualTo(descriptor.Name));
        foreach (var expected in descriptor.Fields.InDeclarationOrder())
        {
            if (IsRefused(message, expected.FieldNumber))
                continue;
            var field = message.Find(expected.FieldNumber);
            var name = $"{descriptor.Name}.{expected.Name}";
            Assert.That(field.IsRepeated, Is.EqualTo(expected.IsRepeated), name);
            Assert.That(field.IsPackable, Is.EqualTo(expected.IsRepeated && expected.IsPacked && field.Kind is not (FieldKind.Text or FieldKind.Bytes or FieldKind.Message)), name);
            Assert.That(field.HasPresence, Is.EqualTo(expected.HasPresence), name);
            Assert.That(field.Kind, Is.EqualTo(KindOf(expected)), name);
            if (field.Message is { } inner)
                Compare(inner, expected.MessageType, compared);
        }

        Assert.That(message.Fields.Select(field => field.Number), Is.SubsetOf(descriptor.Fields.InFieldNumberOrder().Select(field => field.FieldNumber)).And.Ordered, message.Name);
    }

    private static bool IsRefused(OnnxMessage message, int number)
    {
        try
        {
            message.Find(number);
            return false;
        }
        catch (InvalidDataException exception)
        {
            Assert.That(exception.Message, Does.EndWith("which policies do not use."));
            return true;
        }
    }

    private static FieldKind KindOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Int32 or FieldType.Enum => FieldKind.Int32,
        FieldType.Int64 or FieldType.UInt64 => FieldKind.Int64,
        FieldType.Float => FieldKind.Single,
        FieldType.Double => FieldKind.Double,
        FieldType.String => FieldKind.Text,
        FieldType.Bytes => FieldKind.Bytes,
        FieldType.Message => FieldKind.Message,
        _ => throw new InvalidOperationException($"The field {field.FullName} has the type {field.FieldType}."),
    };
}
