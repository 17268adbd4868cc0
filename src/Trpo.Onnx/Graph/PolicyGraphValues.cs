using Google.Protobuf.Collections;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>The values of a policy's graph, renamed so that others can stand before and behind it.</summary>
internal sealed class PolicyGraphValues
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, string> _renamed = new(StringComparer.Ordinal);

    /// <param name="graph">The policy's graph.</param>
    /// <param name="inputs">The names of the inputs that it will have.</param>
    /// <exception cref="NotSupportedException">One of the inputs has the name of an output.</exception>
    public PolicyGraphValues(GraphProto graph, IReadOnlyList<string> inputs)
    {
        _graph = graph;
        if (inputs.FirstOrDefault(input => graph.Output.Any(output => output.Name == input)) is { } taken)
            throw new NotSupportedException($"The raw column '{taken}' has the name of an output of the policy's graph, whose inputs have the names of the columns. Give it another name in the data, or export the policy alone with {nameof(PolicyTransformer)}.{nameof(PolicyTransformer.SaveOnnx)}.");

        // A policy that was exported with its transforms may stand behind further ones, and the author of a graph may name its values anything.
        var values = graph.Initializer.Select(tensor => tensor.Name).Concat(graph.Node.SelectMany(node => node.Output)).ToHashSet(StringComparer.Ordinal);
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

    /// <summary>What no value of the graph, and no input that it will have, starts with.</summary>
    public string Prefix { get; }

    /// <summary>The policy's own score, which is no output any more.</summary>
    public string Score { get; }

    /// <summary>The policy's own action, which is no output any more.</summary>
    public string Action { get; }

    /// <summary>Renames what must be, and lets the policy read its observation from another value.</summary>
    public void Rename(string observation)
    {
        _renamed[PolicyValues.Observation] = observation;
        foreach (var node in _graph.Node)
        {
            Rename(node.Input);
            Rename(node.Output);
            node.Name = Of(node.Name);
        }

        foreach (var tensor in _graph.Initializer)
            tensor.Name = Of(tensor.Name);
        foreach (var value in _graph.ValueInfo)
            value.Name = Of(value.Name);
    }

    private void Rename(RepeatedField<string> names)
    {
        for (var i = 0; i < names.Count; i++)
            names[i] = Of(names[i]);
    }

    private string Of(string name) => _renamed.GetValueOrDefault(name, name);
}
