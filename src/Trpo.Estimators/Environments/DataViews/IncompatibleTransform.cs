namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A kind of ML.NET view that cannot stand between an environment and its trainer.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Does">What it does to the rows.</param>
/// <param name="Instead">What to do instead.</param>
internal sealed record IncompatibleTransform(string Name, string Does, string Instead)
{
    /// <summary>What is known of a type of this name, or null where it passes rows on one by one.</summary>
    public static IncompatibleTransform? Named(string type) => type switch
    {
        "CacheDataView" => new(type, "caches the rows", "Remove the AppendCacheCheckpoint or Data.Cache before the trainer: a simulator's rows cannot be known in advance."),
        "RowShufflingTransformer" => new(type, "shuffles the rows", "Remove the ShuffleRows before the trainer: the order of the rows is the order of the steps."),
        "BootstrapSamplingTransformer" => new(type, "resamples the rows", "Remove the BootstrapSample before the trainer: every step is needed once."),
        "PolicyDataView" => new(type, "reads rows ahead to score them in batches", "A policy whose score another policy observes cannot stand before a trainer yet."),
        _ when type.EndsWith("Filter", StringComparison.Ordinal) => new(type, "drops rows", "Remove the filter (FilterRows..., SkipRows, TakeRows) before the trainer: every step is needed. Missing values can be replaced instead."),
        _ => null,
    };

    public override string ToString() => $"{Name} {Does} between the environment and the policy, which must see each row before the next exists. {Instead}";
}
