namespace Trpo.Cli.Runs;

/// <summary>How observations are brought to a common scale on their way to the policy.</summary>
internal enum Normalization
{
    /// <summary>Not at all.</summary>
    Off,

    /// <summary>ML.NET's NormalizeMeanVariance in front of the trainer, fitted on what a random policy meets.</summary>
    Table,

    /// <summary>The policy's own, by the running mean and deviation of all that it has met.</summary>
    Running,
}
