using Trpo.Runtime.Graph;
using Trpo.Runtime.Operations;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Compilation;

/// <summary>The outputs of a policy's graph in the memory of a row.</summary>
internal sealed class PolicyOutputs
{
    /// <param name="graph">The graph.</param>
    /// <param name="metadata">The metadata, which say what the outputs are.</param>
    /// <param name="find">Finds a value of the graph.</param>
    /// <exception cref="UnsupportedGraphException">An output is missing, or is not what the metadata say.</exception>
    public PolicyOutputs(OnnxGraph graph, PolicyMetadata metadata, Func<string, RowValue?> find)
    {
        var actions = metadata.Actions;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var output in graph.Outputs)
        {
            if (find(output.Name) is null || !names.Add(output.Name))
                throw new UnsupportedGraphException($"The output '{output.Name}' is not computed, or is there twice.");
        }

        Slot Find(string name, OnnxElementType type, int length, bool isVector)
        {
            var declared = graph.Outputs.FirstOrDefault(output => output.Name == name) ?? throw new UnsupportedGraphException($"The graph has no output '{name}'.");
            var value = find(name)!;
            if (declared.ElementType != type || !declared.Dimensions.SequenceEqual(isVector ? [null, length] : [null]) || value.Type != type || value.Rank != (isVector ? 2 : 1) || value.Length != length)
                throw new UnsupportedGraphException($"The output '{name}' is not what the metadata say.");
            return value.Slot;
        }

        Score = Find(PolicyValues.Score, OnnxElementType.Single, actions.ScoreLength, isVector: true);
        Action = Find(PolicyValues.Action, actions is BoxActionSpace ? OnnxElementType.Single : OnnxElementType.Int64, actions.Length, actions is not DiscreteActionSpace);
        if (actions is BoxActionSpace && graph.Outputs.Any(output => output.Name == PolicyValues.LogStandardDeviation))
            LogStandardDeviation = Find(PolicyValues.LogStandardDeviation, OnnxElementType.Single, actions.Length, isVector: true);

        // A missing action is another number than a missing score.
        if (actions is not BoxActionSpace && Action == Score)
            throw new UnsupportedGraphException("The action is the score.");
    }

    /// <summary>The action.</summary>
    public Slot Action { get; }

    /// <summary>The score.</summary>
    public Slot Score { get; }

    /// <summary>The logarithms of the standard deviations; null where the graph has none.</summary>
    public Slot? LogStandardDeviation { get; }
}
