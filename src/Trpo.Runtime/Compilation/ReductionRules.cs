using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The rules for operators that make one number of a row's numbers.</summary>
internal static class ReductionRules
{
    /// <summary>Translates the index of the largest number.</summary>
    public static void ArgMax(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectColumns(node.Integer("axis", 0));
        var keeps = node.Integer("keepdims", 1) != 0;
        if (node.Integer("select_last_index", 0) != 0)
            throw node.Refuse("takes the last of several largest numbers");
        node.ExpectNoOthers();
        var input = node.Matrix(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Int64, keeps ? 2 : 1, length: 1);
        compiler.Add(input.Length * GraphBudget.ReductionWork, () => new ArgMaxOperation(input.Slot, output.Slot));
    }

    /// <summary>Translates the sum or the smallest number.</summary>
    public static void Reduce(GraphCompiler compiler, CompiledNode node, bool isSum)
    {
        node.Expect(inputs: 1);
        if (node.Integers("axes") is not [var axis])
            throw node.Refuse("works along several axes");
        node.ExpectColumns(axis);
        var keeps = node.Integer("keepdims", 1) != 0;
        node.ExpectNoOthers();
        var input = node.Matrix(0);
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, keeps ? 2 : 1, length: 1);
        compiler.Add(input.Length * GraphBudget.ReductionWork, () => new ReduceOperation(isSum, input.Slot, output.Slot));
    }
}
