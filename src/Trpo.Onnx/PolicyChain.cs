using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Conversion;

namespace Trpo.Onnx;

/// <summary>The parts of a model: the transformers in front of a policy, the policy, and the transformers behind it.</summary>
public sealed class PolicyChain
{
    private PolicyChain(IReadOnlyList<ITransformer> before, PolicyTransformer policy, IReadOnlyList<ITransformer> after)
    {
        Before = before;
        Policy = policy;
        After = after;
    }

    /// <summary>The transformers in front of the policy, in the order in which they are applied.</summary>
    public IReadOnlyList<ITransformer> Before { get; }

    /// <summary>The policy.</summary>
    public PolicyTransformer Policy { get; }

    /// <summary>The transformers behind the policy, in the order in which they are applied.</summary>
    public IReadOnlyList<ITransformer> After { get; }

    /// <summary>Splits a policy, or a chain with one policy, nested or not, into its parts.</summary>
    /// <param name="model">The model. The parts are its own: disposing them disposes those of the model.</param>
    /// <exception cref="ArgumentException">There is no policy in the model, or more than one.</exception>
    public static PolicyChain FromModel(ITransformer model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var transformers = Flatten(model).ToList();
        var policies = transformers.OfType<PolicyTransformer>().ToList();
        if (policies is not [var policy])
            throw new ArgumentException($"The model must have one {nameof(PolicyTransformer)}, but has {policies.Count}.", nameof(model));
        var index = transformers.IndexOf(policy);
        return new PolicyChain(transformers[..index], policy, transformers[(index + 1)..]);
    }

    /// <summary>Applies the transformers in front of the policy.</summary>
    /// <param name="data">The rows that the model takes.</param>
    /// <returns>The view that the policy reads.</returns>
    public IDataView Preprocess(IDataView data) => Before.Aggregate(data, (view, transformer) => transformer.Transform(view));

    /// <summary>True if there is a policy in a model, alone or in a chain.</summary>
    internal static bool HasPolicy(ITransformer model) => Flatten(model).Any(transformer => transformer is PolicyTransformer);

    /// <summary>Converts the policy and the transformers in front of it to one ONNX graph.</summary>
    /// <param name="inputSchema">The raw columns; null for those that training recorded.</param>
    /// <exception cref="ArgumentException">The types of the raw columns are not known, or the model does not take them.</exception>
    /// <exception cref="NotSupportedException">A transformer cannot be expressed, or stands behind the policy; the message names it.</exception>
    internal byte[] ToOnnx(DataViewSchema? inputSchema) => ChainExport.ToOnnx(Before, ToGraph(), inputSchema, onnx => PolicySession.Open(onnx, trust: true).Dispose());

    /// <summary>Puts a graph in the place of the transformers in front of the policy.</summary>
    /// <param name="preprocessing">The ONNX model that ML.NET's converter wrote of them.</param>
    /// <exception cref="ArgumentException">The graph has no output for this policy.</exception>
    /// <exception cref="InvalidDataException">The stream has no valid ONNX model.</exception>
    /// <exception cref="NotSupportedException">The two cannot be one graph; the message says why.</exception>
    internal byte[] ToOnnx(Stream preprocessing) => GraphMerger.Merge(ToGraph(), Before, preprocessing).Onnx;

    /// <summary>Converts the policy and the transformers in front of it to one ONNX graph, and compares it with the model.</summary>
    /// <param name="inputSchema">The raw columns; null for those that training recorded.</param>
    /// <param name="view">The rows to compare on.</param>
    /// <inheritdoc cref="ToOnnx(DataViewSchema?)"/>
    /// <exception cref="InvalidOperationException">The graph computes other results than the model; the message has the worst.</exception>
    internal byte[] ToOnnx(DataViewSchema? inputSchema, IDataView view) =>
        Compared(ToOnnx(inputSchema), ChainPlan.Of(Before, Policy.Columns.Observation).RawColumns, view);

    /// <summary>Puts a graph in the place of the transformers in front of the policy, and compares the result with the model.</summary>
    /// <param name="preprocessing">The ONNX model that ML.NET's converter wrote of them.</param>
    /// <param name="view">The rows to compare on.</param>
    /// <inheritdoc cref="ToOnnx(Stream)"/>
    /// <exception cref="InvalidOperationException">The graph computes other results than the model; the message has the worst.</exception>
    internal byte[] ToOnnx(Stream preprocessing, IDataView view)
    {
        var (onnx, columns) = GraphMerger.Merge(ToGraph(), Before, preprocessing);
        return Compared(onnx, columns, view);
    }

    /// <summary>Returns the model with another policy in the place of its own.</summary>
    internal ITransformer With(PolicyTransformer policy) =>
        Before.Count + After.Count == 0 ? policy : new TransformerChain<ITransformer>([.. Before, policy, .. After]);

    /// <summary>Returns the model without the transformers behind its policy.</summary>
    internal ITransformer UntilPolicy() => Before.Count == 0 ? Policy : new TransformerChain<ITransformer>([.. Before, Policy]);

    // A graph computes the deterministic actions, whatever the selection of the model is.
    private byte[] Compared(byte[] onnx, IReadOnlyList<string> columns, IDataView view)
    {
        var names = new PolicyColumns(Policy.Columns.Observation);
        using var policy = Policy.With(ActionSelection.Mode, names);
        GraphComparison.Check(onnx, columns, view, policy.Transform(Preprocess(view)), names.Action, names.Score);
        return onnx;
    }

    private PolicyGraph ToGraph() => After is [var behind, ..]
        ? throw new NotSupportedException($"{behind.GetType().Name}, behind the policy, cannot be expressed in the policy's ONNX graph. Export the model that {nameof(PolicyModel)}.{nameof(PolicyModel.UntilPolicy)} returns.")
        : new PolicyGraph(Policy.Onnx, Policy.Metadata, Policy.Columns.Observation);

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];
}
