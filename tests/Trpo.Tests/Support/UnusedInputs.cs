using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;
using Dimension = Trpo.Onnx.Graph.Format.TensorShapeProto.Types.Dimension;

namespace Trpo.Tests.Support;

/// <summary>Policies with inputs that no node reads.</summary>
internal static class UnusedInputs
{
    /// <summary>Adds inputs <c>[N, length]</c> with the names <paramref name="name"/>0, <paramref name="name"/>1 and so on.</summary>
    public static byte[] Add(byte[] onnx, string name, long length, DataType type = DataType.Float, int count = 1)
    {
        var model = ModelProto.Parser.ParseFrom(onnx);
        for (var i = 0; i < count; i++)
        {
            var shape = new TensorShapeProto { Dim = { new Dimension { DimParam = "N" }, new Dimension { DimValue = length } } };
            model.Graph.Input.Add(new ValueInfoProto { Name = $"{name}{i}", Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } });
        }

        return SealedModel.Seal(model);
    }
}
