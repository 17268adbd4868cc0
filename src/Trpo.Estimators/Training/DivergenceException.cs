namespace Trpo.Estimators.Training;

/// <summary>Training diverged: the trainer rolls back where it can, and stops with a <see cref="TrainingException"/> where it cannot.</summary>
/// <param name="iteration">The iteration.</param>
/// <param name="diagnosis">The reason, as the end of a sentence, and the settings to try.</param>
internal sealed class DivergenceException(int iteration, string diagnosis) : Exception($"At iteration {iteration}, {diagnosis}")
{
    /// <summary>Creates the exception that the caller of the training sees.</summary>
    public TrainingException ToTrainingException() => new($"Training stopped at iteration {iteration}: {diagnosis}");
}
