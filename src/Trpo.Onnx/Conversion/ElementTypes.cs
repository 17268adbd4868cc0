using Microsoft.ML.Data;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The element types of ONNX for the types of ML.NET.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<Type, DataType> Known = new()
    {
        [typeof(float)] = DataType.Float,
        [typeof(double)] = DataType.Double,
        [typeof(bool)] = DataType.Bool,
        [typeof(ReadOnlyMemory<char>)] = DataType.String,
        [typeof(sbyte)] = DataType.Int8,
        [typeof(byte)] = DataType.Uint8,
        [typeof(short)] = DataType.Int16,
        [typeof(ushort)] = DataType.Uint16,
        [typeof(int)] = DataType.Int32,
        [typeof(uint)] = DataType.Uint32,
        [typeof(long)] = DataType.Int64,
        [typeof(ulong)] = DataType.Uint64,
    };

    /// <summary>Returns the element type for items of a column; null if ONNX has none.</summary>
    public static DataType? Of(DataViewType item) => item switch
    {
        KeyDataViewType => DataType.Int64,
        NumberDataViewType or BooleanDataViewType or TextDataViewType => Known[item.RawType],
        _ => null,
    };

    /// <summary>True if the items are floating-point numbers, which alone can be NaN.</summary>
    public static bool IsReal(DataViewType item) => item == NumberDataViewType.Single || item == NumberDataViewType.Double;

    /// <summary>True if the items are numbers or booleans.</summary>
    public static bool IsNumberOrBoolean(DataViewType item) => item is NumberDataViewType or BooleanDataViewType;
}
