namespace Trpo.Runtime.Graph;

/// <summary>The messages and fields of the ONNX interchange format that policies use.</summary>
internal static class OnnxSchema
{
    private static readonly OnnxMessage Entry = new("StringStringEntryProto", [Text(1), Text(2)]);

    private static readonly OnnxMessage Dimension = new("Dimension", [Present(1, FieldKind.Int64), Present(2, FieldKind.Text), Text(3)]);

    private static readonly OnnxMessage TensorType = new("Tensor", [Single(1, FieldKind.Int32), Inner(2, new OnnxMessage("TensorShapeProto", [Inners(1, Dimension)]))]);

    private static readonly OnnxMessage Value = new("ValueInfoProto",
        [Text(1), Inner(2, new OnnxMessage("TypeProto", [Inner(1, TensorType), Text(6)])), Text(3), Inners(4, Entry)]);

    private static readonly OnnxMessage Tensor = new("TensorProto",
        [
            Many(1, FieldKind.Int64), Single(2, FieldKind.Int32), Many(4, FieldKind.Single), Many(5, FieldKind.Int32), Many(6, FieldKind.Bytes),
            Many(7, FieldKind.Int64), Text(8), Present(9, FieldKind.Bytes), Many(10, FieldKind.Double), Many(11, FieldKind.Int64), Text(12),
            Single(14, FieldKind.Int32), Inners(16, Entry),
        ],
        new Dictionary<int, string> { [13] = "a tensor whose data are in another file" });

    private static readonly OnnxMessage Attribute = new("AttributeProto",
        [
            Text(1), Present(2, FieldKind.Single), Present(3, FieldKind.Int64), Present(4, FieldKind.Bytes), Inner(5, Tensor), Many(7, FieldKind.Single),
            Many(8, FieldKind.Int64), Many(9, FieldKind.Bytes), Inners(10, Tensor), Text(13), Single(20, FieldKind.Int32),
        ],
        new Dictionary<int, string>
        {
            [6] = "a subgraph",
            [11] = "a subgraph",
            [21] = "functions of its own",
            [22] = "sparse tensors",
            [23] = "sparse tensors",
        });

    private static readonly OnnxMessage Node = new("NodeProto",
        [Many(1, FieldKind.Text), Many(2, FieldKind.Text), Text(3), Text(4), Inners(5, Attribute), Text(6), Text(7), Inners(9, Entry)],
        new Dictionary<int, string> { [8] = "functions of its own" });

    private static readonly OnnxMessage Graph = new("GraphProto",
        [Inners(1, Node), Text(2), Inners(5, Tensor), Text(10), Inners(11, Value), Inners(12, Value), Inners(13, Value), Inners(16, Entry)],
        new Dictionary<int, string> { [15] = "sparse tensors" });

    /// <summary>The number of the model's metadata among its fields.</summary>
    public const int MetadataField = 14;

    /// <summary>The outermost message.</summary>
    public static OnnxMessage Model { get; } = new("ModelProto",
        [
            Single(1, FieldKind.Int64), Text(2), Text(3), Text(4), Single(5, FieldKind.Int64), Text(6), Inner(7, Graph),
            Inners(8, new OnnxMessage("OperatorSetIdProto", [Text(1), Single(2, FieldKind.Int64)])), Inners(MetadataField, Entry),
        ],
        new Dictionary<int, string> { [20] = "training information", [25] = "functions of its own" });

    private static OnnxField Text(int number) => Single(number, FieldKind.Text);

    private static OnnxField Single(int number, FieldKind kind) => new(number, kind);

    private static OnnxField Present(int number, FieldKind kind) => new(number, kind, HasPresence: true);

    private static OnnxField Many(int number, FieldKind kind) => new(number, kind, IsRepeated: true);

    private static OnnxField Inner(int number, OnnxMessage message) => new(number, FieldKind.Message, HasPresence: true, Message: message);

    private static OnnxField Inners(int number, OnnxMessage message) => new(number, FieldKind.Message, IsRepeated: true, Message: message);
}
