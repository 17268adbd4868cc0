using Google.Protobuf.Reflection;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// Checks the bytes of a model before objects are created from them: only fields of onnx.proto that policies use may occur, in limited depth and
/// number. A parser creates objects of a hundred bytes from fields of two, and OnnxRuntime acts on fields that are not listed there.
/// </summary>
internal static class ModelFields
{
    /// <summary>The maximum number of nodes, tensors, names and other fields with a length prefix.</summary>
    public const int MaxParts = 200_000;

    private const int MaxDepth = 16;

    // The contents of these fields, for the message.
    private static readonly Dictionary<(string Message, int Field), string> Refused = new()
    {
        [("ModelProto", 20)] = "training information",
        [("ModelProto", 25)] = "functions of its own",
        [("GraphProto", 15)] = "sparse tensors",
        [("NodeProto", 8)] = "functions of its own",
        [("AttributeProto", 6)] = "a subgraph",
        [("AttributeProto", 11)] = "a subgraph",
        [("AttributeProto", 21)] = "functions of its own",
        [("AttributeProto", 22)] = "sparse tensors",
        [("AttributeProto", 23)] = "sparse tensors",
        [("TensorProto", 13)] = "a tensor whose data are in another file",
    };

    /// <summary>Checks a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a model, or have fields that policies do not use; the message names them.</exception>
    public static void Check(ReadOnlySpan<byte> model)
    {
        var parts = MaxParts;
        Check(model, ModelProto.Descriptor, MaxDepth, ref parts);
    }

    private static void Check(ReadOnlySpan<byte> message, MessageDescriptor type, int depth, ref int parts)
    {
        if (depth == 0)
            throw new InvalidDataException("The model is nested too deeply.");
        while (!message.IsEmpty)
        {
            var tag = Varint(ref message);
            if (tag > uint.MaxValue)
                throw Malformed();
            var number = (int)(tag >> 3);
            if (Refused.TryGetValue((type.Name, number), out var what))
                throw new InvalidDataException($"The model has {what}, which policies do not use.");
            var field = type.FindFieldByNumber(number) ?? throw new InvalidDataException($"The bytes are not an ONNX model, or one of a newer version: field {number} of a {type.Name} is not known.");
            Skip(ref message, (int)(tag & 7), field, depth, ref parts);
        }
    }

    private static void Skip(ref ReadOnlySpan<byte> message, int wireType, FieldDescriptor field, int depth, ref int parts)
    {
        var scalar = field.FieldType switch
        {
            FieldType.Message or FieldType.String or FieldType.Bytes => 2,
            FieldType.Float => 5,
            FieldType.Double => 1,
            _ => 0,
        };
        if (wireType != scalar && !(wireType == 2 && field.IsRepeated))
            throw Malformed();
        switch (wireType)
        {
            case 0:
                Varint(ref message);
                break;
            case 1:
                Take(ref message, 8);
                break;
            case 5:
                Take(ref message, 4);
                break;
            default:
                var content = Take(ref message, Varint(ref message));
                if (--parts < 0)
                    throw new InvalidDataException($"The model has more than {MaxParts} parts.");
                if (field.FieldType == FieldType.Message)
                    Check(content, field.MessageType, depth - 1, ref parts);
                break;
        }
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, ulong length)
    {
        if (length > (ulong)message.Length)
            throw Malformed();
        var taken = message[..(int)length];
        message = message[(int)length..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        var value = 0UL;
        for (var i = 0; i < 10 && i < message.Length; i++)
        {
            value |= (ulong)(message[i] & 0x7F) << (7 * i);
            if (message[i] < 0x80)
            {
                message = message[(i + 1)..];
                return value;
            }
        }

        throw Malformed();
    }

    private static InvalidDataException Malformed() => new("The bytes are not an ONNX model, or are cut short.");
}
