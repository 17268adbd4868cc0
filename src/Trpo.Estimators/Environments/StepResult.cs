namespace Trpo.Estimators.Environments;

/// <summary>The result of one step of an environment.</summary>
/// <param name="Reward">The reward; finite.</param>
/// <param name="Terminated">True if the episode reached a terminal state, after which the return is 0.</param>
/// <param name="Truncated">True if the episode was cut off, for example by a time limit; its last state still has a value.</param>
public readonly record struct StepResult(double Reward, bool Terminated = false, bool Truncated = false)
{
    /// <summary>True if the episode is terminated or truncated.</summary>
    public bool Ended => Terminated || Truncated;
}
