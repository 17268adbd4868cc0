namespace Trpo.Estimators.Training;

/// <summary>Training is ill: the trainer goes back where it can, and stops with a <see cref="TrainingException"/> where it cannot.</summary>
/// <param name="iteration">The iteration.</param>
/// <param name="diagnosis">Why, as the end of a sentence, and what to try.</param>
internal sealed class IllnessException(int iteration, string diagnosis) : Exception($"At iteration {iteration}, {diagnosis}")
{
    /// <summary>The same for whoever called.</summary>
    public TrainingException ToTrainingException() => new($"Training stopped at iteration {iteration}: {diagnosis}");
}
