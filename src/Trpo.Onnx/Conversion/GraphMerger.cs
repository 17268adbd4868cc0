using Microsoft.ML;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// Merges a policy and a graph that prepares its observations into one ONNX model: the inputs are those of the graph; the outputs, the metadata
/// and the documentation are those of the policy.
/// </summary>
internal static class GraphMerger
{
    /// <summary>Puts a graph in front of the policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="before">The transformers that the graph stands for; empty to take the graph as it is.</param>
    /// <param name="preprocessing">The graph, from the stream's position to its end.</param>
    /// <returns>The model, and the raw column of each of its inputs, in their order.</returns>
    /// <exception cref="ArgumentException">The graph is not one for this policy.</exception>
    /// <exception cref="InvalidDataException">The stream has no valid ONNX model.</exception>
    /// <exception cref="NotSupportedException">The two cannot be one model; the message says why.</exception>
    public static (byte[] Onnx, IReadOnlyList<string> Columns) Merge(PolicyGraph policy, IReadOnlyList<ITransformer> before, Stream preprocessing)
    {
        var metadata = policy.Metadata;
        var front = PreprocessingGraph.Read(preprocessing, policy.ObservationColumn, metadata.Observations.Length);
        PassThrough.Refuse(front, before, policy.ObservationColumn);
        string[] columns = [.. front.Model.Graph.Input.Select(input => input.Name)];
        var merged = ModelProto.Parser.ParseFrom(policy.Onnx.Span);
        MarkMissing(merged, metadata);
        Import(merged, front.Model);
        Join(merged.Graph, front.Model.Graph, front.Observation);
        merged.IrVersion = Math.Max(Math.Max(merged.IrVersion, front.Model.IrVersion), OnnxGraphBuilder.IrVersion);
        var bytes = SealedModel.Seal(merged);

        // The graph in front is admitted; errors of values, such as an index that is out of range, and results that depend on other rows show only when it runs.
        GraphTrial.Run(bytes, metadata);
        return (bytes, columns);
    }

    // Behind another graph, only the graph itself can mark an action as missing.
    private static void MarkMissing(ModelProto policy, PolicyMetadata metadata)
    {
        var values = new PolicyGraphValues(policy.Graph, [PolicyValues.Observation]);
        values.Rename(PolicyValues.Observation);
        var guard = new ChainGraph(values.Prefix);
        MissingGuard.Add(guard, metadata, PolicyValues.Observation, values.Score, values.Action);
        policy.Graph.Node.Add(guard.Nodes);
        policy.Graph.Initializer.Add(guard.Constants);
        SealedModel.Describe(policy, new PolicyMetadata(metadata.Observations, metadata.Actions, metadata.Provenance, metadata.InputColumns) { HasActionMask = metadata.HasActionMask, MarksMissing = true });
    }

    private static void Import(ModelProto merged, ModelProto front)
    {
        foreach (var domain in front.Graph.Node.Select(node => NameOf(node.Domain)).Distinct())
        {
            var operators = domain.Length == 0 ? "ONNX's operators" : $"the operators of '{domain}'";

            // ML.NET's converter does not import the operators of OnnxRuntime that it uses; OnnxRuntime takes their first version, and there is no other.
            var version = VersionOf(front, domain) ?? (domain == OperatorTable.Microsoft ? 1 : null as long?) ?? throw new InvalidDataException($"The preprocessing graph does not say which version of {operators} it uses: it is not a valid ONNX model.");
            var own = VersionOf(merged, domain);
            if (own is null)
                merged.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
            else if (own != version)
                throw new NotSupportedException($"The preprocessing graph uses version {version} of {operators} and the policy version {own}, and one model cannot mix them. {WayOut(domain, own.Value)}");
        }
    }

    private static string WayOut(string domain, long version) => domain.Length == 0
        ? $"Convert it with the overload ml.Model.ConvertToOnnx(preprocessor, data, opSetVersion: {version}, stream)."
        : $"Convert it to version {version}.";

    private static long? VersionOf(ModelProto model, string domain) => model.OpsetImport.FirstOrDefault(opset => NameOf(opset.Domain) == domain)?.Version;

    // The default domain has two names.
    private static string NameOf(string domain) => domain == "ai.onnx" ? "" : domain;

    private static void Join(GraphProto policy, GraphProto front, string observation)
    {
        // Outputs keep the policy's names, and inputs those of the columns unless an output has the name; other values of these names are renamed.
        var outputs = policy.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var names = GraphTraversal.Names(front).ToHashSet(StringComparer.Ordinal);
        var policyNames = GraphTraversal.Names(policy).Where(name => name != PolicyValues.Observation).ToHashSet(StringComparer.Ordinal);
        var taken = names.Union(policyNames).ToHashSet(StringComparer.Ordinal);
        var inputs = front.Input.Select(input => input.Name).Where(outputs.Contains).ToDictionary(name => name, name => InputNames.Fresh(name, taken), StringComparer.Ordinal);
        var frontRenaming = new GraphRenaming(Fresh(names.Intersect(outputs).Except(inputs.Keys), "preprocessing", taken).Concat(inputs).ToDictionary(StringComparer.Ordinal));
        frontRenaming.Apply(front);
        var renamed = Fresh(policyNames.Intersect(names).Except(outputs), "policy", taken);
        renamed[PolicyValues.Observation] = frontRenaming.Of(observation);
        new GraphRenaming(renamed).Apply(policy);

        var frontNodes = front.Node.Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        var nodeNames = frontNodes.Concat(policy.Node.Select(node => node.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var node in policy.Node.Where(node => node.Name.Length > 0 && frontNodes.Contains(node.Name)))
            node.Name = InputNames.Fresh("policy", node.Name, nodeNames);

        policy.Input.Clear();
        policy.Input.AddRange(front.Input);
        policy.Initializer.AddRange(front.Initializer);
        var nodes = front.Node.Concat(policy.Node).ToList();
        policy.Node.Clear();
        policy.Node.AddRange(nodes);
    }

    private static Dictionary<string, string> Fresh(IEnumerable<string> names, string prefix, HashSet<string> taken) =>
        names.ToDictionary(name => name, name => InputNames.Fresh(prefix, name, taken), StringComparer.Ordinal);
}
