using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Conversion;

/// <summary>The values of a policy's graph, renamed so that nodes can be added in front of it and behind it.</summary>
internal sealed class PolicyGraphValues
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);

    /// <param name="graph">The policy's graph.</param>
    /// <param name="inputs">The names of the inputs that the graph will have; none is that of an output.</param>
    public PolicyGraphValues(GraphProto graph, IReadOnlyList<string> inputs)
    {
        _graph = graph;

        // A policy that was exported with its transforms may be put behind further ones, and a graph may use any names.
        var values = GraphTraversal.Names(graph).Where(name => name != PolicyValues.Observation).ToHashSet(StringComparer.Ordinal);
        Prefix = "chain";
        while (values.Concat(inputs).Concat(graph.Node.Select(node => node.Name)).Any(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
            Prefix = $"outer_{Prefix}";
        Score = $"{Prefix}_{PolicyValues.Score}";
        Action = $"{Prefix}_{PolicyValues.Action}";
        _renamed[PolicyValues.Score] = Score;
        _renamed[PolicyValues.Action] = Action;
        foreach (var input in inputs.Where(values.Contains))
            _renamed[input] = $"{Prefix}_policy_{input}";
    }

    /// <summary>A prefix that no name of a value, node or future input starts with.</summary>
    public string Prefix { get; }

    /// <summary>The policy's own score, which is no longer an output.</summary>
    public string Score { get; }

    /// <summary>The policy's own action, which is no longer an output.</summary>
    public string Action { get; }

    /// <summary>Renames the values that must be, and makes the policy read its observation from another value.</summary>
    public void Rename(string observation)
    {
        _renamed[PolicyValues.Observation] = observation;
        string[] outputs = [.. _graph.Output.Select(output => output.Name)];
        new GraphRenaming(_renamed).Apply(_graph);
        foreach (var (output, name) in _graph.Output.Zip(outputs))
            output.Name = name;

        // The names of nodes are those of their outputs.
        foreach (var node in _graph.Node)
            node.Name = _renamed.GetValueOrDefault(node.Name, node.Name);
    }
}
