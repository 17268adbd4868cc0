using Microsoft.ML;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Interop;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Conversion;

/// <summary>Adds a policy to the graph that ML.NET's converter builds of a chain.</summary>
internal static class ConverterExport
{
    private const string NamePrefix = "policy";
    private const string MachineLearning = "ai.onnx.ml";

    // The versions that ML.NET's converter imports.
    private static readonly Dictionary<string, long> Versions = new(StringComparer.Ordinal) { [""] = OnnxGraphBuilder.OpsetVersion, [MachineLearning] = 2 };

    /// <summary>Adds the policy's nodes, and those that make columns of its outputs.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="outputs">The columns that it adds.</param>
    /// <param name="schema">The schema that has these columns.</param>
    /// <param name="graph">The converter's graph.</param>
    /// <exception cref="NotSupportedException">The policy's graph has a part that the converter's graphs cannot have; the message names it.</exception>
    public static void Write(PolicyGraph policy, IEnumerable<(string Name, PolicyOutput Output)> outputs, DataViewSchema schema, ConverterGraph graph)
    {
        graph.RequireOpset(OnnxGraphBuilder.OpsetVersion, nameof(PolicyTransformer));
        var model = ModelProto.Parser.ParseFrom(policy.Onnx.Span);
        Check(model);
        var inner = model.Graph;
        var values = new PolicyGraphValues(inner, [PolicyValues.Observation]);
        values.Rename(PolicyValues.Observation);
        var columns = new ChainGraph(values.Prefix);
        MissingGuard.Add(columns, policy.Metadata, PolicyValues.Observation, values.Score, values.Action);
        List<(string Name, string Value)> computed = [.. outputs.Select(output => (output.Name, OutputColumn.Add(columns, policy.Metadata.Actions, output.Output)))];

        var names = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = "", [PolicyValues.Observation] = graph.ValueOf(policy.ObservationColumn) };
        List<NodeProto> nodes = [.. inner.Node, .. columns.Nodes];
        List<TensorProto> constants = [.. inner.Initializer, .. columns.Constants, .. nodes.Where(IsConstant).Select(ConstantOf)];
        var needed = Needed(nodes, computed.Select(column => column.Value));
        foreach (var constant in constants.Where(constant => needed.Contains(constant.Name)))
            names[constant.Name] = graph.AddConstant($"{NamePrefix}_{constant.Name}", TensorValues.Of(constant), constant.Dims);
        foreach (var node in nodes.Where(node => !IsConstant(node) && node.Output.Any(needed.Contains)))
        {
            string[] inputs = [.. node.Input.Select(input => names[input])];
            foreach (var output in node.Output.Where(output => output.Length > 0))
                names[output] = graph.AddValue($"{NamePrefix}_{output}");
            graph.AddNode(node.OpType, DomainOf(node.Domain), inputs, node.Output.Select(output => names[output]), node.Attribute.Select(attribute => (attribute.Name, AttributeValues.Of(attribute, node))));
        }

        // A column may have the name of the one that the policy reads, which is therefore replaced last.
        foreach (var (name, value) in computed)
            graph.AddNode("Identity", "", [names[value]], [graph.AddColumn(schema[name].Type, name)], []);
    }

    private static void Check(ModelProto model)
    {
        foreach (var domain in model.Graph.Node.Select(node => DomainOf(node.Domain)).Distinct())
        {
            var version = model.OpsetImport.FirstOrDefault(set => DomainOf(set.Domain) == domain)?.Version;
            if (!Versions.TryGetValue(domain, out var supported) || version != supported)
                throw new NotSupportedException($"The policy's graph uses version {version} of the operators of '{(domain.Length == 0 ? "ai.onnx" : domain)}', and ML.NET's converter writes graphs of ai.onnx {Versions[""]} and {MachineLearning} {Versions[MachineLearning]}. Export the policy with these versions.");
        }

        if (model.Graph.SparseInitializer.FirstOrDefault() is { } sparse)
            throw new NotSupportedException($"The constant '{GraphTraversal.NameOf(sparse)}' of the policy's graph is sparse, which ML.NET's converter cannot write.");
    }

    private static HashSet<string> Needed(List<NodeProto> nodes, IEnumerable<string> values)
    {
        var needed = values.ToHashSet(StringComparer.Ordinal);
        foreach (var node in Enumerable.Reverse(nodes).Where(node => node.Output.Any(needed.Contains)))
            needed.UnionWith(node.Input);
        return needed;
    }

    private static bool IsConstant(NodeProto node) => node.OpType == "Constant" && DomainOf(node.Domain).Length == 0 && node.Attribute is [{ T: not null }];

    private static TensorProto ConstantOf(NodeProto node)
    {
        var constant = node.Attribute[0].T.Clone();
        constant.Name = node.Output[0];
        return constant;
    }

    private static string DomainOf(string domain) => domain == "ai.onnx" ? "" : domain;
}
