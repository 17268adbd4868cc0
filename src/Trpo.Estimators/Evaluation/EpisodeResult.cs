namespace Trpo.Estimators.Evaluation;

/// <summary>The result of one episode of an evaluation.</summary>
/// <param name="Index">The index of the episode, from 0.</param>
/// <param name="Seed">The seed of the reset; a reset with this seed and the same actions repeats the episode.</param>
/// <param name="Return">The sum of the rewards.</param>
/// <param name="Length">The number of steps.</param>
/// <param name="Terminated">True if the episode reached a terminal state, even at the step of a time limit.</param>
public readonly record struct EpisodeResult(int Index, int Seed, double Return, int Length, bool Terminated)
{
    /// <summary>True if the episode was cut off before a terminal state.</summary>
    public bool Truncated => !Terminated;
}
