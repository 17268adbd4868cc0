using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>The rules for operators that move values, or change their type or shape.</summary>
internal static class LayoutRules
{
    /// <summary>Translates another name of a value.</summary>
    public static void Identity(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectNoOthers();
        compiler.Define(node.Outputs[0], node.Row(0));
    }

    /// <summary>Translates columns side by side.</summary>
    public static void Concat(GraphCompiler compiler, CompiledNode node)
    {
        if (node.InputCount < 1)
            throw node.Refuse("has no input");
        node.Expect(node.InputCount);
        node.ExpectColumns(node.Integer("axis", 0));
        node.ExpectNoOthers();
        RowValue[] inputs = [.. Enumerable.Range(0, node.InputCount).Select(node.Row)];
        if (inputs.Any(input => input.Rank != 2 || input.Type != inputs[0].Type))
            throw node.Refuse("joins values of several types or of one dimension");
        var length = inputs.Sum(input => (long)input.Length);
        var output = new RowValue(inputs[0].Type, Rank: 2, compiler.Allocate(length));
        compiler.Define(node.Outputs[0], output);
        var start = output.Slot.Start;
        foreach (var input in inputs)
        {
            var part = new Slot(start, input.Length);
            compiler.Add(input.Length, () => new CopyOperation(input.Slot, part));
            start += input.Length;
        }
    }

    /// <summary>Translates parts of a row's columns.</summary>
    public static void Split(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1, node.Outputs.Count);
        node.ExpectColumns(node.Integer("axis", 0));
        var lengths = node.Integers("split");
        node.ExpectNoOthers();
        var input = node.Row(0);
        if (input.Rank != 2 || lengths.Count != node.Outputs.Count || lengths.Any(length => length < 1 || length > input.Length) || lengths.Sum() != input.Length)
            throw node.Refuse("has parts that are not those of its input");
        var start = 0;
        for (var i = 0; i < lengths.Count; i++)
        {
            Part(compiler, node.Outputs[i], input, start, (int)lengths[i]);
            start += (int)lengths[i];
        }
    }

    /// <summary>Translates a range of a row's columns.</summary>
    public static void Slice(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: node.InputCount is 5 ? 5 : 4);
        node.ExpectNoOthers();
        var input = node.Row(0);
        var (start, end) = (node.ConstantInteger(1), node.ConstantInteger(2));
        node.ExpectColumns(node.ConstantInteger(3));
        if (node.InputCount == 5 && node.ConstantInteger(4) != 1)
            throw node.Refuse("takes steps");
        end = Math.Min(end, input.Length);
        if (input.Rank != 2 || start < 0 || end <= start)
            throw node.Refuse($"takes the columns from {start} to {end} of {input.Length}");
        Part(compiler, node.Outputs[0], input, (int)start, (int)(end - start));
    }

    /// <summary>Translates <c>[N, 1]</c> to <c>[N]</c>.</summary>
    public static void Squeeze(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        if (node.Integers("axes") is not [var axis])
            throw node.Refuse("works along several axes");
        node.ExpectColumns(axis);
        node.ExpectNoOthers();
        var input = node.Row(0);
        if (input is not { Rank: 2, Length: 1 })
            throw node.Refuse("removes a dimension that is not 1");
        compiler.Define(node.Outputs[0], input with { Rank = 1 });
    }

    /// <summary>Translates the shape of a value, which <see cref="Expand"/> alone reads.</summary>
    public static void Shape(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        node.ExpectNoOthers();
        if (node.Row(0) is not { Rank: 2 } input)
            throw node.Refuse("reads a value of one dimension");
        compiler.DefineShape(node.Outputs[0], input);
    }

    /// <summary>Translates a constant row that is repeated for each row of another value.</summary>
    public static void Expand(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 2);
        node.ExpectNoOthers();
        var numbers = node.ConstantNumbers(0);
        if (compiler.FindShape(node.Name(1)) is not { } length || node.Constant(0).Dimensions is not ([_] or [1, _]) || numbers.Length != length)
            throw node.Refuse("is not a constant in the shape of a value");
        var output = compiler.Define(node.Outputs[0], OnnxElementType.Single, rank: 2, length);
        compiler.CountConstant(length);
        compiler.Add(0, () => new ConstantOperation(numbers, output.Slot));
    }

    /// <summary>Translates the change of a type.</summary>
    public static void Cast(GraphCompiler compiler, CompiledNode node)
    {
        node.Expect(inputs: 1);
        var type = (OnnxElementType)node.Integer("to", 0);
        node.ExpectNoOthers();
        var input = node.Row(0);
        if (type == OnnxElementType.Boolean && input.Type != OnnxElementType.Boolean)
        {
            var output = compiler.Define(node.Outputs[0], type, input);
            compiler.Add(input.Length, () => new UnaryOperation(UnaryOperator.IsNotZero, input.Slot, output.Slot));
            return;
        }

        // Booleans are 0 and 1 in memory, and indices whole numbers.
        if (type != input.Type && type is not (OnnxElementType.Single or OnnxElementType.Int64))
            throw node.Refuse($"makes values of the type {(int)type}");
        if (type == OnnxElementType.Int64 && input.Type == OnnxElementType.Single)
            throw node.Refuse("cuts off fractions");
        compiler.Define(node.Outputs[0], input with { Type = type });
    }

    // Copied, because vectors read the padding behind a value, and values begin at multiples of it.
    private static void Part(GraphCompiler compiler, string name, RowValue input, int start, int length)
    {
        var output = compiler.Define(name, input.Type, rank: 2, length);
        var part = new Slot(input.Slot.Start + start, length);
        compiler.Add(length, () => new CopyOperation(part, output.Slot));
    }
}
