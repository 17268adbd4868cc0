using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Trpo.Onnx.Interop;

/// <summary>The graph that ML.NET's converter builds, for adding nodes to it.</summary>
internal sealed class ConverterGraph(OnnxContext context)
{
    /// <summary>Checks that the graph uses at least a version of ONNX's operators.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It uses an earlier one: ML.NET's own exception.</exception>
    public void RequireOpset(int version, string transform) => context.CheckOpSetVersion(version, transform);

    /// <summary>Returns the value that holds a column at this point of the chain.</summary>
    /// <exception cref="NotSupportedException">No node of the graph computes it.</exception>
    public string ValueOf(string column) => context.ContainsColumn(column)
        ? context.GetVariableName(column)
        : throw new NotSupportedException($"ML.NET's converter has no value for the column '{column}', which the policy reads: the transform that computes it cannot be converted.");

    /// <summary>Declares the value of a column that nodes will compute, and returns its name.</summary>
    public string AddColumn(DataViewType type, string column) => context.AddIntermediateVariable(type, column, false);

    /// <summary>Declares a value that is no column, and returns its name, which begins with <paramref name="name"/>.</summary>
    public string AddValue(string name) => context.AddIntermediateVariable(null, Fresh(name), true);

    /// <summary>Adds a constant, and returns its name.</summary>
    /// <param name="name">The beginning of the name.</param>
    /// <param name="values">The values.</param>
    /// <param name="dimensions">The shape; empty for a scalar.</param>
    public string AddConstant(string name, Array values, IReadOnlyList<long> dimensions) => (values, dimensions.Count) switch
    {
        (float[] { Length: 1 } number, 0) => context.AddInitializer(number[0], Fresh(name), true),
        (double[] { Length: 1 } number, 0) => context.AddInitializer(number[0], Fresh(name), true),
        (long[] { Length: 1 } number, 0) => context.AddInitializer(number[0], Fresh(name), true),
        (bool[] { Length: 1 } truth, 0) => context.AddInitializer(truth[0], Fresh(name), true),
        (float[] numbers, > 0) => context.AddInitializer(numbers, dimensions, Fresh(name), true),
        (double[] numbers, > 0) => context.AddInitializer(numbers, dimensions, Fresh(name), true),
        (long[] numbers, > 0) => context.AddInitializer(numbers, dimensions, Fresh(name), true),
        (bool[] truths, > 0) => context.AddInitializer(truths, dimensions, Fresh(name), true),
        _ => throw new ArgumentException($"The converter has no constant of {values.Length} values of {values.GetType().GetElementType()!.Name} and {dimensions.Count} dimensions.", nameof(values)),
    };

    /// <summary>Adds a node.</summary>
    /// <param name="operation">The operator.</param>
    /// <param name="domain">The domain of the operator; empty for ONNX's own.</param>
    /// <param name="inputs">The values that it reads; an empty name for one that is left out.</param>
    /// <param name="outputs">The declared values that it computes.</param>
    /// <param name="attributes">The attributes: <c>long</c>, <c>float</c>, <c>string</c>, or an array of one of them.</param>
    public void AddNode(string operation, string domain, IEnumerable<string> inputs, IEnumerable<string> outputs, IEnumerable<(string Name, object Value)> attributes)
    {
        var node = context.CreateNode(operation, inputs, outputs, context.GetNodeName(operation), domain);
        foreach (var (name, value) in attributes)
        {
            switch (value)
            {
                case long integer:
                    node.AddAttribute(name, integer);
                    break;
                case float number:
                    node.AddAttribute(name, (double)number);
                    break;
                case string text:
                    node.AddAttribute(name, text);
                    break;
                case long[] integers:
                    node.AddAttribute(name, (IEnumerable<long>)integers);
                    break;
                case float[] numbers:
                    node.AddAttribute(name, (IEnumerable<float>)numbers);
                    break;
                case string[] texts:
                    node.AddAttribute(name, (IEnumerable<string>)texts);
                    break;
                default:
                    throw new ArgumentException($"The converter has no attribute of {value.GetType().Name}, which '{name}' of {operation} is.", nameof(attributes));
            }
        }
    }

    // The converter takes every name for that of a column, so that a value must have the name of none.
    private string Fresh(string name)
    {
        var fresh = name;
        for (var i = 0; context.IsVariableDefined(fresh) || context.ContainsColumn(fresh); i++)
            fresh = FormattableString.Invariant($"{name}_{i}");
        return fresh;
    }
}
