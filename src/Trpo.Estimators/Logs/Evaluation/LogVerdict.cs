namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The verdict on a policy beside the policy that wrote the log.</summary>
public enum LogVerdict
{
    /// <summary>The log does not tell, or is not to be trusted with this policy.</summary>
    Undecided,

    /// <summary>The policy earns more than the logging policy.</summary>
    Better,

    /// <summary>The policy earns less than the logging policy.</summary>
    Worse,
}
