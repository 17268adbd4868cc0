using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The rules for operators that combine values element by element.</summary>
internal static class BinaryRules
{
    /// <summary>Translates an operator of two numbers.</summary>
    public static void Binary(GraphCompiler compiler, CompiledNode node, BinaryOperator operation)
    {
        node.Expect(inputs: 2);
        node.ExpectNoOthers();
        if (GroupRules.Has(node))
        {
            GroupRules.Binary(compiler, node, operation);
            return;
        }

        var (rank, length) = Shape(node, 0, 1);
        var (left, right) = (Number(compiler, node, 0, rank, length), Number(compiler, node, 1, rank, length));
        var output = compiler.Define(node.Outputs[0], operation == BinaryOperator.Greater ? OnnxElementType.Boolean : OnnxElementType.Single, rank, length);
        compiler.Add(length * 2L, () => new BinaryOperation(operation, left, right, output.Slot));
    }

    /// <summary>Translates the choice between two values by a third.</summary>
    public static void Where(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 3);
        node.ExpectNoOthers();
        if (GroupRules.Has(node))
            throw node.Refuse("chooses between values of three dimensions");
        if (node.Row(0) is not { Type: OnnxElementType.Boolean } condition)
            throw node.Refuse($"chooses by '{node.Name(0)}', which is not boolean");
        var (rank, length) = Shape(node, 0, 1, 2);
        var type = TypeOf(node, 1);
        if (TypeOf(node, 2) != type)
            throw node.Refuse("chooses between values of two types");
        var (whenTrue, whenFalse) = (Operand(compiler, node, 1, rank, length), Operand(compiler, node, 2, rank, length));
        var by = compiler.Broadcast(condition, length);
        var output = compiler.Define(node.Outputs[0], type, rank, length);
        compiler.Add(length, () => new SelectOperation(by, whenTrue, whenFalse, output.Slot));
    }

    // The longest of the inputs; all values of rows must have one number of dimensions, or [N] would meet [N, 1].
    private static (int Rank, int Length) Shape(CompiledNode node, params ReadOnlySpan<int> inputs)
    {
        var (rank, length) = (0, 1);
        foreach (var input in inputs)
        {
            if (node.IsConstant(input))
            {
                length = Math.Max(length, checked((int)node.Constant(input).Dimensions.Aggregate(1L, (product, size) => product * size)));
                continue;
            }

            var value = node.Row(input);
            if (rank != 0 && value.Rank != rank)
                throw node.Refuse("combines values of one and of two dimensions");
            rank = value.Rank;
            length = Math.Max(length, value.Length);
        }

        return rank == 0 ? throw node.Refuse("has only constants") : (rank, length);
    }

    private static OnnxElementType TypeOf(CompiledNode node, int input) => (node.IsConstant(input) ? node.Constant(input).ElementType : node.Row(input).Type) is var type
        && type is OnnxElementType.Single or OnnxElementType.Int64
        ? type
        : throw node.Refuse($"reads '{node.Name(input)}', which is neither float nor int64");

    private static Operand Number(GraphCompiler compiler, CompiledNode node, int input, int rank, int length) => TypeOf(node, input) == OnnxElementType.Single
        ? Operand(compiler, node, input, rank, length)
        : throw node.Refuse($"reads '{node.Name(input)}', which is not float");

    private static Operand Operand(GraphCompiler compiler, CompiledNode node, int input, int rank, int length)
    {
        if (!node.IsConstant(input))
            return Operations.Operand.Of(compiler.Broadcast(node.Row(input), length));
        var constant = node.Constant(input);
        float[] numbers = constant.ElementType == OnnxElementType.Single ? constant.Singles() : [.. constant.Integers().Select(integer => (float)integer)];
        if (numbers.Length != 1 && numbers.Length != length)
            throw node.Refuse($"combines values of {numbers.Length} and {length} numbers");

        // A constant of several numbers is a row: [k] or [1, k]. One of more dimensions than the values would add some to the result.
        if (constant.Dimensions.Count > rank || (numbers.Length > 1 && (rank == 1 || constant.Dimensions[^1] != length)))
            throw node.Refuse($"reads '{node.Name(input)}', which is a constant of another shape");
        if (numbers.Length > 0 && constant.ElementType == OnnxElementType.Int64 && constant.Integers().Any(integer => Math.Abs(integer) > 1 << 24))
            throw node.Refuse($"reads '{node.Name(input)}', which has large integers");
        compiler.CountConstant(length);
        return Operations.Operand.Of(numbers, length);
    }
}
