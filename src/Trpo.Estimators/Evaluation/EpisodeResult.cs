namespace Trpo.Estimators.Evaluation;

/// <summary>One episode of an evaluation.</summary>
/// <param name="Index">Its number, from 0.</param>
/// <param name="Seed">What the environment was reset with: a reset with the same seed and the same actions play the episode again.</param>
/// <param name="Return">The sum of its rewards.</param>
/// <param name="Length">The number of its steps.</param>
/// <param name="Terminated">Whether it came to an end of its own, be it at the very step of a time limit.</param>
public readonly record struct EpisodeResult(int Index, int Seed, double Return, int Length, bool Terminated)
{
    /// <summary>Whether it was cut off, and came to no end of its own.</summary>
    public bool Truncated => !Terminated;
}
