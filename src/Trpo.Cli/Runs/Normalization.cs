namespace Trpo.Cli.Runs;

/// <summary>The scaling of observations in front of the policy.</summary>
internal enum Normalization
{
    /// <summary>No scaling.</summary>
    Off,

    /// <summary>ML.NET's NormalizeMeanVariance in front of the trainer, fitted on the observations of a random policy.</summary>
    Table,

    /// <summary>The normalizer inside the policy, which uses the running mean and deviation of all observations so far.</summary>
    Running,
}
