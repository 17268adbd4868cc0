using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The operators that are known, with their meaning in the operator set of the exporter.</summary>
internal static class OperatorRules
{
    /// <summary>The version of ONNX's operators.</summary>
    public const int Opset = 12;

    /// <summary>Translates a node.</summary>
    /// <exception cref="UnsupportedGraphException">The operator, or the way in which it is used, is not known.</exception>
    public static void Compile(GraphCompiler compiler, CompiledNode node)
    {
        switch (node.Operation)
        {
            case "Gemm":
                LayerRules.Gemm(compiler, node);
                break;
            case "MatMul":
                LayerRules.MatMul(compiler, node);
                break;
            case "Tanh":
                LayerRules.Tanh(compiler, node);
                break;
            case "Relu":
                LayerRules.Relu(compiler, node);
                break;
            case "Elu":
                LayerRules.Elu(compiler, node);
                break;
            case "Sigmoid":
                LayerRules.Unary(compiler, node, UnaryOperator.Sigmoid, OnnxElementType.Single);
                break;
            case "IsNaN":
                LayerRules.Unary(compiler, node, UnaryOperator.IsNaN, OnnxElementType.Boolean);
                break;
            case "Softmax":
                LayerRules.Softmax(compiler, node);
                break;
            case "Add":
                BinaryRules.Binary(compiler, node, BinaryOperator.Add);
                break;
            case "Sub":
                BinaryRules.Binary(compiler, node, BinaryOperator.Subtract);
                break;
            case "Mul":
                BinaryRules.Binary(compiler, node, BinaryOperator.Multiply);
                break;
            case "Div":
                BinaryRules.Binary(compiler, node, BinaryOperator.Divide);
                break;
            case "Max":
                BinaryRules.Binary(compiler, node, BinaryOperator.Max);
                break;
            case "Min":
                BinaryRules.Binary(compiler, node, BinaryOperator.Min);
                break;
            case "Greater":
                BinaryRules.Binary(compiler, node, BinaryOperator.Greater);
                break;
            case "Where":
                BinaryRules.Where(compiler, node);
                break;
            case "ArgMax":
                ReductionRules.ArgMax(compiler, node);
                break;
            case "ReduceMin":
                ReductionRules.Reduce(compiler, node, isSum: false);
                break;
            case "ReduceSum":
                ReductionRules.Reduce(compiler, node, isSum: true);
                break;
            case "Identity":
                LayoutRules.Identity(compiler, node);
                break;
            case "Concat":
                LayoutRules.Concat(compiler, node);
                break;
            case "Split":
                LayoutRules.Split(compiler, node);
                break;
            case "Slice":
                LayoutRules.Slice(compiler, node);
                break;
            case "Squeeze":
                LayoutRules.Squeeze(compiler, node);
                break;
            case "Reshape":
                GroupRules.Reshape(compiler, node);
                break;
            case "Unsqueeze":
                GroupRules.Unsqueeze(compiler, node);
                break;
            case "Shape":
                LayoutRules.Shape(compiler, node);
                break;
            case "Expand":
                LayoutRules.Expand(compiler, node);
                break;
            case "Cast":
                LayoutRules.Cast(compiler, node);
                break;
            default:
                throw node.Refuse("is of an operator that is not known");
        }
    }
}
