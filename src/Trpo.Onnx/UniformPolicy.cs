using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx;

/// <summary>A policy that nobody has trained: every eligible action has the same probability. It makes the first decisions, which the first learned policy learns from.</summary>
public static class UniformPolicy
{
    /// <summary>Creates the ONNX model of a uniform policy, which takes the place of a trained one: for a <see cref="PolicyTransformer"/>, a <see cref="PolicySession"/> or a file. Act by it with <see cref="ActionSelection.Sample"/>; its most probable action is always the first eligible one.</summary>
    /// <param name="observations">The observations, as those of the policies that will take its place: one vector.</param>
    /// <param name="actions">The actions, with their names.</param>
    /// <param name="hasActionMask">True if the last values of an observation, one for each action, say which are eligible (1) and which are not (0); false by default.</param>
    /// <returns>The bytes of the model.</returns>
    /// <exception cref="ArgumentException">The observations have columns, or are shorter than the mask.</exception>
    public static byte[] Create(ObservationSpace observations, DiscreteActionSpace actions, bool hasActionMask = false)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        var metadata = new PolicyMetadata(observations, actions, [new("trainer", "none: uniform")]) { HasActionMask = hasActionMask };
        var graph = new OnnxGraphBuilder("policy");
        var observation = graph.Input(PolicyValues.Observation, observations.Length, "The observations to act on.");

        // Weights of 0, so that a NaN of the observation reaches the score and marks the action as missing.
        var weights = graph.Constant("layer0_weight", new float[actions.Count * observations.Length], actions.Count, observations.Length);
        var logits = graph.Node("Gemm", "layer0", [observation, weights, graph.Constant("layer0_bias", new float[actions.Count], actions.Count)], ("transB", 1));
        if (hasActionMask)
            logits = MaskGraph.Add(graph, actions, observations.Length, observation, logits);
        graph.Node("ArgMax", PolicyValues.Action, [logits], ("axis", 1), ("keepdims", 0));
        graph.Node("Softmax", PolicyValues.Score, [logits], ("axis", 1));
        graph.IndexOutput(PolicyValues.Action, "The first eligible action, from 0.");
        graph.Output(PolicyValues.Score, actions.Count, "The probability of each action, the same for all that are eligible.");
        return graph.Build("A uniform policy, which nobody has trained: observations in, actions and their probabilities out.", metadata);
    }
}
