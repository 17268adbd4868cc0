namespace Trpo.Estimators.Display;

/// <summary>A receiver of progress that is told when a training begins.</summary>
internal interface IRunListener
{
    /// <summary>Receives a training before its first iteration.</summary>
    /// <param name="run">The training, which says when it ends.</param>
    void Begin(TrainingRun run);
}
