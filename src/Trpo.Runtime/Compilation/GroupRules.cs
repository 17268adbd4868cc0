using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The rules for values of three dimensions, <c>[N, groups, columns]</c>: candidates of a row that pass through the same layers. Each group is padded for vectors.</summary>
internal static class GroupRules
{
    /// <summary>True if an input of a node has three dimensions.</summary>
    public static bool Has(CompiledNode node)
    {
        for (var input = 0; input < node.InputCount; input++)
        {
            if (!node.IsConstant(input) && node.Row(input).IsGrouped)
                return true;
        }

        return false;
    }

    /// <summary>Translates the division of a row's columns into groups of equal length, or the groups side by side.</summary>
    public static void Reshape(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 2);
        node.ExpectNoOthers();
        var (input, shape) = (node.Numbers(0), node.ConstantIntegers(1));
        if (shape is [0 or -1, var groups, var columns] && input.Rank == 2 && groups > 0 && columns > 0 && groups <= input.Length && columns <= input.Length && groups * columns == input.Length)
        {
            var output = compiler.DefineGroups(node.Outputs[0], OnnxElementType.Single, (int)groups, (int)columns);
            compiler.Add(input.Length, () => new RegroupOperation(input.Slot, output.Columns, output.Slot, RowKernel.Padded(output.Columns), output.Groups, output.Columns));
        }
        else if (shape is [0 or -1, var length] && input.IsGrouped && length == (long)input.Groups * input.Columns)
        {
            var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, rank: 2, (int)length);
            compiler.Add(length, () => new RegroupOperation(input.Slot, RowKernel.Padded(input.Columns), output.Slot, input.Columns, input.Groups, input.Columns));
        }
        else
        {
            throw node.Refuse(shape.Count > 3 ? FormattableString.Invariant($"makes a shape of {shape.Count} dimensions") : $"makes the shape [{string.Join(", ", shape)}]");
        }
    }

    /// <summary>Translates <c>[N, length]</c> to <c>[N, 1, length]</c>.</summary>
    public static void Unsqueeze(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        if (node.Integers("axes") is not [var axis])
            throw node.Refuse("adds several dimensions");
        node.ExpectNoOthers();
        if (axis is not (1 or -2))
            throw node.Refuse($"adds a dimension at {axis}");
        var input = node.Matrix(0);
        compiler.Define(node.Outputs[0], new RowValue(input.Type, Rank: 3, new Slot(input.Slot.Start, RowKernel.Padded(input.Length))) { Columns = input.Length });
    }

    /// <summary>Translates a product of each group with a constant matrix.</summary>
    public static void MatMul(GraphCompiler compiler, CompiledNode node)
    {
        var (input, weights) = (node.Numbers(0), node.Constant(1));
        if (weights.ElementType != OnnxElementType.Single)
            throw node.Refuse($"reads '{node.Name(1)}', which is not float");
        if (weights.Dimensions is not [var rows, > 0 and <= GraphBudget.MaxRowMemory and var columns] || rows != input.Columns)
            throw node.Refuse("multiplies with a matrix of another shape");
        var output = compiler.DefineGroups(node.Outputs[0], OnnxElementType.Single, input.Groups, (int)columns);
        var padded = RowKernel.Padded(output.Columns);
        compiler.CountConstant(output.Columns);
        compiler.Add((long)input.Columns * output.Length, () => new GroupDenseOperation(
            input.Slot, input.Columns, compiler.Pack(weights, isTransposed: false, input.Columns, output.Columns), new float[padded], output.Slot, compiler.Kernel));
    }

    /// <summary>Translates an operator of two numbers, of which one may be the same for all groups.</summary>
    public static void Binary(GraphCompiler compiler, CompiledNode node, BinaryOperator operation)
    {
        var (groups, columns) = (1, 0);
        for (var i = 0; i < 2; i++)
        {
            if (node.IsConstant(i))
                continue;
            if (node.Numbers(i) is not { IsGrouped: true } value || (columns != 0 && value.Columns != columns))
                throw node.Refuse("combines values of several shapes, of which one has three dimensions");
            (groups, columns) = (Math.Max(groups, value.Groups), value.Columns);
        }

        var (left, right) = (Operand(compiler, node, 0, groups, columns), Operand(compiler, node, 1, groups, columns));
        var output = compiler.DefineGroups(node.Outputs[0], operation == BinaryOperator.Greater ? OnnxElementType.Boolean : OnnxElementType.Single, groups, columns);
        compiler.Add(output.Length * 2L, () => new BinaryOperation(operation, left, right, output.Slot));
    }

    private static Operand Operand(GraphCompiler compiler, CompiledNode node, int input, int groups, int columns)
    {
        var padded = RowKernel.Padded(columns);
        if (!node.IsConstant(input))
        {
            var value = node.Numbers(input);
            if (value.Groups == groups)
                return Operations.Operand.Of(value.Slot);
            if (value.Groups != 1)
                throw node.Refuse($"combines values of {value.Groups} and {groups} groups");
            var repeated = compiler.Allocate((long)groups * padded);
            compiler.Add(repeated.Length, () => new RegroupOperation(value.Slot, inputStride: 0, repeated, padded, groups, padded));
            return Operations.Operand.Of(repeated);
        }

        var numbers = node.ConstantNumbers(input);
        var dimensions = node.Constant(input).Dimensions;
        if (dimensions.Count > 3 || (numbers.Length != 1 && (numbers.Length != columns || dimensions[^1] != columns)))
            throw node.Refuse($"reads '{node.Name(input)}', which is a constant of another shape");
        compiler.CountConstant(groups * padded);
        var constant = new float[groups * padded];
        for (var group = 0; group < groups; group++)
        {
            if (numbers.Length == 1)
                constant.AsSpan(group * padded, columns).Fill(numbers[0]);
            else
                numbers.CopyTo(constant, group * padded);
        }

        return Operations.Operand.Of(constant, constant.Length);
    }
}
