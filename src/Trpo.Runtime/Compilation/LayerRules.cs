using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The rules for layers of a network: matrices and functions of one value.</summary>
internal static class LayerRules
{
    /// <summary>Translates a product with a constant matrix and the addition of constants.</summary>
    public static void Gemm(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: node.InputCount is 2 ? 2 : 3);
        if (node.Number("alpha", 1) != 1 || node.Number("beta", 1) != 1 || node.Integer("transA", 0) != 0)
            throw node.Refuse("scales or transposes");
        var isTransposed = node.Integer("transB", 0) != 0;
        node.ExpectNoOthers();
        float[]? biases = null;
        if (node.InputCount == 3)
        {
            biases = node.ConstantNumbers(2);
            if (node.Constant(2).Dimensions is not ([] or [_] or [1, _]))
                throw node.Refuse("adds a constant of another shape");
        }

        Dense(compiler, node, isTransposed, biases);
    }

    /// <summary>Translates a product with a constant matrix.</summary>
    public static void MatMul(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 2);
        node.ExpectNoOthers();
        if (GroupRules.Has(node))
            GroupRules.MatMul(compiler, node);
        else
            Dense(compiler, node, isTransposed: false, biases: null);
    }

    /// <summary>Translates the hyperbolic tangent.</summary>
    public static void Tanh(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectNoOthers();
        var input = node.Numbers(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, input);
        compiler.Add(input.Length * GraphBudget.FunctionWork, () => new TanhOperation(input.Slot, output.Slot, compiler.Kernel));
    }

    /// <summary>Translates the rectifier.</summary>
    public static void Relu(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectNoOthers();
        var input = node.Numbers(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, input);
        compiler.CountConstant(input.Length);
        compiler.Add(input.Length * GraphBudget.FunctionWork, () => new BinaryOperation(BinaryOperator.Max, Operand.Of([0f], input.Length), Operand.Of(input.Slot), output.Slot));
    }

    /// <summary>Translates the exponential linear unit.</summary>
    public static void Elu(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        if (node.Number("alpha", 1) != 1)
            throw node.Refuse("scales");
        node.ExpectNoOthers();
        var input = node.Numbers(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, input);
        compiler.Add(input.Length * GraphBudget.FunctionWork, () => new EluOperation(input.Slot, output.Slot, compiler.Kernel));
    }

    /// <summary>Translates a function of one number.</summary>
    public static void Unary(GraphCompiler compiler, CompiledNode node, UnaryOperator operation, OnnxElementType type)
    {
        node.Expect(inputs: 1);
        node.ExpectNoOthers();
        var input = node.Numbers(0);
        var output = compiler.Define(node.Outputs[0], type, input);
        compiler.Add(input.Length * GraphBudget.FunctionWork, () => new UnaryOperation(operation, input.Slot, output.Slot));
    }

    /// <summary>Translates the probabilities of logits.</summary>
    public static void Softmax(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectColumns(node.Integer("axis", 1));
        node.ExpectNoOthers();
        var input = node.Matrix(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, rank: 2, input.Length);
        compiler.Add(input.Length * GraphBudget.FunctionWork, () => new SoftmaxOperation(input.Slot, output.Slot));
    }

    private static void Dense(GraphCompiler compiler, CompiledNode node, bool isTransposed, float[]? biases)
    {
        var input = node.Matrix(0);
        var weights = node.Constant(1);
        if (weights.ElementType != OnnxElementType.Single)
            throw node.Refuse($"reads '{node.Name(1)}', which is not float");
        if (weights.Dimensions is not [var rows, var columns] || (isTransposed ? columns : rows) != input.Length || rows == 0 || columns == 0)
            throw node.Refuse("multiplies with a matrix of another shape");
        var outputs = (int)(isTransposed ? rows : columns);
        if (biases is not null && biases.Length != outputs && biases.Length != 1)
            throw node.Refuse("adds a constant of another length");
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, rank: 2, outputs);
        var padded = RowKernel.Padded(outputs);
        compiler.CountConstant(outputs);
        compiler.Add((long)input.Length * padded, () =>
        {
            var offsets = new float[padded];
            for (var i = 0; biases is not null && i < outputs; i++)
                offsets[i] = biases.Length == 1 ? biases[0] : biases[i];
            return new DenseOperation(input.Slot, compiler.Pack(weights, isTransposed, input.Length, outputs), offsets, output.Slot, compiler.Kernel);
        });
    }
}
