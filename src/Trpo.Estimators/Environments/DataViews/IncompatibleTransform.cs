namespace Trpo.Estimators.Environments.DataViews;

/// <summary>An ML.NET view that cannot stand between an environment and its trainer.</summary>
/// <param name="Name">The name of its type.</param>
/// <param name="Effect">A verb phrase: its effect on the rows.</param>
/// <param name="Advice">The change to make to the pipeline.</param>
internal sealed record IncompatibleTransform(string Name, string Effect, string Advice)
{
    /// <summary>Returns the incompatible view of a type name, or null if the type is not known to be incompatible.</summary>
    public static IncompatibleTransform? Find(string type) => type switch
    {
        "CacheDataView" => new(type, "caches the rows", "Remove the AppendCacheCheckpoint or Data.Cache before the trainer: a simulator's rows cannot be known in advance."),
        "RowShufflingTransformer" => new(type, "shuffles the rows", "Remove the ShuffleRows before the trainer: the order of the rows is the order of the steps."),
        "BootstrapSamplingTransformer" => new(type, "resamples the rows", "Remove the BootstrapSample before the trainer: every step is needed once."),
        "PolicyDataView" => new(type, "reads rows ahead to score them in batches", "A policy whose score another policy observes cannot stand before a trainer yet."),
        _ when type.EndsWith("Filter", StringComparison.Ordinal) => new(type, "drops rows", "Remove the filter (FilterRows..., SkipRows, TakeRows) before the trainer: every step is needed. Missing values can be replaced instead."),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Effect} between the environment and the policy, which must observe each row before the next exists. {Advice}";
}
