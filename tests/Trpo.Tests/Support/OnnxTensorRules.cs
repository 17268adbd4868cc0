using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Support;

/// <summary>The rules of the ONNX specification for tensors and attributes: one field of data, which fits the type and the shape.</summary>
internal static class OnnxTensorRules
{
    public static IEnumerable<string> Faults(TensorProto tensor)
    {
        var type = (DataType)tensor.DataType;
        if (type == DataType.Undefined)
        {
            yield return $"the tensor '{tensor.Name}' has no type";
            yield break;
        }

        if (tensor.DataLocation != TensorProto.Types.DataLocation.Default)
            yield return $"the tensor '{tensor.Name}' is in another file";
        if (tensor.Dims.Any(dimension => dimension < 0))
            yield return $"the tensor '{tensor.Name}' has a negative dimension";

        (string Field, int Count)[] fields =
        [
            ("raw_data", tensor.HasRawData && tensor.RawData.Length > 0 ? 1 : 0), ("float_data", tensor.FloatData.Count), ("double_data", tensor.DoubleData.Count), ("int32_data", tensor.Int32Data.Count),
            ("int64_data", tensor.Int64Data.Count), ("uint64_data", tensor.Uint64Data.Count), ("string_data", tensor.StringData.Count),
        ];
        var elements = tensor.Dims.Aggregate(1L, (product, dimension) => product * dimension);
        var used = fields.Where(field => field.Count > 0).ToList();
        if (used.Count != (elements == 0 ? 0 : 1))
        {
            yield return $"the tensor '{tensor.Name}' has {used.Count} fields of data";
            yield break;
        }

        if (elements == 0)
            yield break;
        var (name, count) = used[0];
        if (name == "raw_data" ? type == DataType.String : name != FieldOf(type))
            yield return $"the tensor '{tensor.Name}' of type {type} has its data in {name}";
        else if (name == "raw_data" ? tensor.RawData.Length != elements * SizeOf(type) : count != elements)
            yield return $"the tensor '{tensor.Name}' has other data than its shape [{string.Join(", ", tensor.Dims)}]";
    }

    public static IEnumerable<string> Faults(AttributeProto attribute)
    {
        // An empty list has no field; every other value has one.
        AttributeType[] used =
        [
            .. Used(attribute.HasF, AttributeType.Float), .. Used(attribute.HasI, AttributeType.Int), .. Used(attribute.HasS, AttributeType.String),
            .. Used(attribute.T is not null, AttributeType.Tensor), .. Used(attribute.G is not null, AttributeType.Graph),
            .. Used(attribute.Floats.Count > 0, AttributeType.Floats), .. Used(attribute.Ints.Count > 0, AttributeType.Ints), .. Used(attribute.Strings.Count > 0, AttributeType.Strings),
            .. Used(attribute.Tensors.Count > 0, AttributeType.Tensors), .. Used(attribute.Graphs.Count > 0, AttributeType.Graphs),
        ];
        var isList = attribute.Type is AttributeType.Floats or AttributeType.Ints or AttributeType.Strings or AttributeType.Tensors or AttributeType.Graphs;
        if (attribute.Type == AttributeType.Undefined)
            yield return $"the attribute '{attribute.Name}' has no type";
        else if (used.Length > 1 || (used.Length == 0 && !isList))
            yield return $"the attribute '{attribute.Name}' has {used.Length} values";
        else if (used.Length == 1 && used[0] != attribute.Type)
            yield return $"the attribute '{attribute.Name}' of type {attribute.Type} has a value of type {used[0]}";
        foreach (var fault in (attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T)).SelectMany(Faults))
            yield return fault;
    }

    private static AttributeType[] Used(bool isUsed, AttributeType type) => isUsed ? [type] : [];

    private static string FieldOf(DataType type) => type switch
    {
        DataType.Float => "float_data",
        DataType.Double => "double_data",
        DataType.Int64 => "int64_data",
        DataType.Uint32 or DataType.Uint64 => "uint64_data",
        DataType.String => "string_data",
        _ => "int32_data",
    };

    private static int SizeOf(DataType type) => type switch
    {
        DataType.Int64 or DataType.Uint64 or DataType.Double => 8,
        DataType.Float or DataType.Int32 or DataType.Uint32 => 4,
        DataType.Int16 or DataType.Uint16 or DataType.Float16 => 2,
        _ => 1,
    };
}
