using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A perceptron of shared weights, <c>[context, features of a candidate] -> output</c>, that gives each of M candidates an output. An input row has the context, c values, the features of the candidates, M times d values, and
/// the mask of the candidates that exist, M values.
/// </summary>
/// <param name="scorer">The perceptron, of c + d inputs and one output.</param>
/// <param name="context">The number of values of the context, c.</param>
/// <param name="candidates">The maximum number of candidates, M.</param>
internal sealed class CandidateModel(PerceptronModel scorer, int context, int candidates) : INetworkModel
{
    /// <summary>Gets the number of values of the context, c.</summary>
    public int Context => context;

    /// <summary>Gets the maximum number of candidates, M.</summary>
    public int Candidates => candidates;

    /// <summary>Gets the number of features of a candidate, d.</summary>
    public int Features => scorer.Widths[0] - context;

    /// <summary>Gets the number of values that the perceptron has for a candidate in its inputs and hidden layers.</summary>
    public int ActivationsOfCandidate => scorer.Widths.Sum() - scorer.Widths[^1];

    /// <summary>Gets the length of an input row.</summary>
    public int Length => context + (candidates * (Features + 1));

    /// <inheritdoc/>
    public string TypeName => $"{scorer.TypeName} of {candidates} candidates";

    /// <inheritdoc/>
    public IEnumerable<(string Name, IReadOnlyList<long> Shape)> Shapes => scorer.Shapes;

    /// <inheritdoc/>
    public IEnumerable<(string Name, object Value)> States => scorer.States;

    /// <inheritdoc/>
    public bool IsCheckpointable => scorer.IsCheckpointable;

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer) => scorer.SaveState(writer);

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader) => scorer.RestoreState(reader);

    /// <inheritdoc/>
    public string Export(OnnxGraphBuilder graph, string input)
    {
        // [N, M, d]: the weights are those of all candidates, so that the size of the graph does not depend on M.
        var features = graph.Node("Reshape", "candidates", [Columns(graph, "candidate_features", input, context, candidates * Features), graph.Constant("candidates_shape", [0L, candidates, Features], 3)]);
        var value = graph.Node("Add", PerceptronModel.LayerName(0), [graph.Node("MatMul", "layer0_candidates", [features, Weights(graph, 0, "layer0_candidate_weight", context, Features)]), ContextTerm(graph, input)]);
        for (var layer = 1; layer < scorer.Layers; layer++)
        {
            var name = PerceptronModel.LayerName(layer);
            var product = graph.Node("MatMul", $"{name}_product", [scorer.Activate(graph, value), Weights(graph, layer, $"{name}_weight", 0, scorer.Widths[layer])]);
            value = graph.Node("Add", name, [product, graph.Constant($"{name}_bias", scorer.Biases(layer), scorer.Widths[layer + 1])]);
        }

        return graph.Node("Reshape", "candidate_outputs", [value, graph.Constant("candidate_outputs_shape", [0L, candidates], 2)]);
    }

    // The part of the first layer that all candidates of a row share: [N, 1, h], or [h] without a context.
    private string ContextTerm(OnnxGraphBuilder graph, string input)
    {
        var biases = graph.Constant("layer0_bias", scorer.Biases(0), scorer.Widths[1]);
        if (context == 0)
            return biases;
        var term = graph.Node("Gemm", "layer0_context", [Columns(graph, "context", input, 0, context), Weights(graph, 0, "layer0_context_weight", 0, context), biases]);
        return graph.Node("Unsqueeze", "layer0_contexts", [term], ("axes", new[] { 1L }));
    }

    private static string Columns(OnnxGraphBuilder graph, string name, string input, int start, int length)
    {
        string Bound(string part, long value) => graph.Constant($"{name}_{part}", [value], 1);
        return graph.Node("Slice", name, [input, Bound("start", start), Bound("end", start + length), Bound("axis", 1)]);
    }

    // The weights of some inputs of a layer, [inputs, outputs].
    private string Weights(OnnxGraphBuilder graph, int layer, string name, int start, int count)
    {
        var all = scorer.Weights(layer);
        var (inputs, outputs) = (scorer.Widths[layer], scorer.Widths[layer + 1]);
        var weights = new float[count * outputs];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j < outputs; j++)
                weights[(i * outputs) + j] = all[(j * inputs) + start + i];
        }

        return graph.Constant(name, weights, count, outputs);
    }
}
