using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Graph;

/// <summary>The part of a policy's graph that forbids choices: the last slots of an observation, one for each choice, are 1 for an allowed choice and 0 for a forbidden one.</summary>
public static class MaskGraph
{
    // ONNX's number for float.
    private const long Float = 1;

    /// <summary>
    /// Adds the mask to a graph, where the logits of forbidden choices are minus infinity. A row that allows no choice of a dimension gets
    /// NaN logits and with them NaN scores, which mark a missing action.
    /// </summary>
    /// <param name="graph">The graph.</param>
    /// <param name="actions">The actions; choices, in one dimension or in several.</param>
    /// <param name="observationLength">The number of slots of an observation, <c>d</c>, the mask's among them.</param>
    /// <param name="observation">The observations, <c>[N, d]</c>.</param>
    /// <param name="logits">The logits of the choices, <c>[N, n]</c>.</param>
    /// <returns>The logits that the actions are chosen by.</returns>
    /// <exception cref="ArgumentException">The actions are no choices, or the observation is shorter than the mask.</exception>
    public static string Add(OnnxGraphBuilder graph, ActionSpace actions, int observationLength, string observation, string logits)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(actions);
        if (actions.ChoiceCounts.IsEmpty)
            throw new ArgumentException($"Only choices can be masked, but the actions are {actions}.", nameof(actions));
        if (observationLength < actions.ScoreLength)
            throw new ArgumentException($"The mask of the actions {actions} is the last {actions.ScoreLength} slots of an observation, but the observation has {observationLength}.", nameof(observationLength));
        static string Name(string part) => $"action_mask_{part}";
        string Bound(string part, long value) => graph.Constant(Name(part), [value], 1);
        var half = graph.Constant(Name("half"), [0.5f]);
        var mask = graph.Node("Slice", Name("slots"), [observation, Bound("start", observationLength - actions.ScoreLength), Bound("end", observationLength), Bound("axis", 1)]);
        var allowed = graph.Node("Greater", Name("allowed"), [mask, half]);

        var counted = graph.Node("MatMul", Name("counts"), [graph.Node("Cast", Name("numbers"), [allowed], ("to", Float)), Dimensions(graph, actions, Name("dimensions"))]);
        var fewest = graph.Node("ReduceMin", Name("fewest"), [counted], ("axes", new[] { 1L }), ("keepdims", 1));
        var possible = graph.Node("Greater", Name("possible"), [fewest, half]);
        var forbidden = graph.Node("Where", Name("forbidden"), [possible, graph.Constant(Name("never"), [float.NegativeInfinity]), graph.Constant(Name("undecided"), [float.NaN])]);
        return graph.Node("Where", Name("logits"), [allowed, logits, forbidden]);
    }

    // [n, k]: 1 where a choice is one of a dimension's.
    private static string Dimensions(OnnxGraphBuilder graph, ActionSpace actions, string name)
    {
        var counts = actions.ChoiceCounts;
        var members = new float[actions.ScoreLength * counts.Length];
        var choice = 0;
        for (var dimension = 0; dimension < counts.Length; dimension++)
        {
            for (var i = 0; i < counts[dimension]; i++)
                members[(choice++ * counts.Length) + dimension] = 1;
        }

        return graph.Constant(name, members, actions.ScoreLength, counts.Length);
    }
}
