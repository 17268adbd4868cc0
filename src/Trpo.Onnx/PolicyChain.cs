using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx;

/// <summary>A model taken apart: the transformers before a policy, the policy, and those behind it.</summary>
internal sealed class PolicyChain
{
    private PolicyChain(IReadOnlyList<ITransformer> before, PolicyTransformer policy, IReadOnlyList<ITransformer> behind)
    {
        Before = before;
        Policy = policy;
        Behind = behind;
    }

    public IReadOnlyList<ITransformer> Before { get; }

    public PolicyTransformer Policy { get; }

    public IReadOnlyList<ITransformer> Behind { get; }

    /// <summary>Takes a policy, or a chain with one policy, nested or not, apart.</summary>
    /// <exception cref="ArgumentException">There is no policy in the model, or more than one.</exception>
    public static PolicyChain Of(ITransformer model)
    {
        var transformers = Flatten(model).ToList();
        var policies = transformers.OfType<PolicyTransformer>().ToList();
        if (policies is not [var policy])
            throw new ArgumentException($"The model must have one {nameof(PolicyTransformer)}, but has {policies.Count}.", nameof(model));
        var place = transformers.IndexOf(policy);
        return new PolicyChain(transformers[..place], policy, transformers[(place + 1)..]);
    }

    /// <exception cref="NotSupportedException">Something stands behind the policy; the message names it.</exception>
    public void CheckEndsInPolicy()
    {
        if (Behind is [var behind, ..])
            throw new NotSupportedException($"{behind.GetType().Name}, behind the policy, cannot be expressed in the policy's ONNX graph. Export what {nameof(PolicyModel)}.{nameof(PolicyModel.UntilPolicy)} gives of the model.");
    }

    /// <summary>Whether there is a policy in a model, alone or in a chain.</summary>
    public static bool HasPolicy(ITransformer model) => Flatten(model).Any(transformer => transformer is PolicyTransformer);

    /// <summary>The view that the policy would read.</summary>
    public IDataView Preprocess(IDataView data) => Before.Aggregate(data, (view, transformer) => transformer.Transform(view));

    /// <summary>The same model with another policy in the place of its own.</summary>
    public ITransformer With(PolicyTransformer policy) =>
        Before.Count + Behind.Count == 0 ? policy : new TransformerChain<ITransformer>([.. Before, policy, .. Behind]);

    /// <summary>The model without what stands behind its policy.</summary>
    public ITransformer UntilPolicy() => Before.Count == 0 ? Policy : new TransformerChain<ITransformer>([.. Before, Policy]);

    private static IEnumerable<ITransformer> Flatten(ITransformer model) =>
        model is IEnumerable<ITransformer> chain ? chain.SelectMany(Flatten) : [model];
}
