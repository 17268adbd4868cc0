namespace Trpo.Estimators;

/// <summary>The result of an evaluation of the deterministic policy during a training (<see cref="TrpoOptions.Evaluation"/>).</summary>
/// <param name="Steps">The environment steps that the policy was trained with, over all environments.</param>
/// <param name="Seed">The seed of the episodes.</param>
/// <param name="Returns">The return of each episode, at least one.</param>
/// <param name="IsBest">True if the mean return is better than in every evaluation before.</param>
public sealed record TrpoEvaluation(int Steps, int Seed, IReadOnlyList<double> Returns, bool IsBest)
{
    /// <summary>Gets the mean return.</summary>
    public double MeanReturn { get; } = Returns.Average();
}
