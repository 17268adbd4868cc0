namespace Trpo.Estimators.Logs.Learning;

/// <summary>The policy that learning from a log begins with.</summary>
public enum LearningStart
{
    /// <summary>The uniform choice among the actions that the log has.</summary>
    Uniform,

    /// <summary>An imitation of the logging policy, fitted to the logged actions.</summary>
    LoggingPolicy,
}
