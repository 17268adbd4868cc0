namespace Trpo.Estimators.Environments;

/// <summary>What came of one action.</summary>
/// <param name="Reward">The reward; finite.</param>
/// <param name="Terminated">The episode reached an end of its own: nothing that follows is worth anything.</param>
/// <param name="Truncated">The episode was cut off, by a time limit for example: what would have followed is still worth its value.</param>
public readonly record struct StepResult(double Reward, bool Terminated = false, bool Truncated = false)
{
    /// <summary>Whether the episode is over, for whichever reason.</summary>
    public bool Ended => Terminated || Truncated;
}
