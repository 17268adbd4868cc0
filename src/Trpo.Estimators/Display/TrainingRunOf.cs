namespace Trpo.Estimators.Display;

/// <summary>A training with the receiver of its iterations.</summary>
/// <typeparam name="T">The type of the iterations.</typeparam>
internal sealed class TrainingRun<T> : TrainingRun
{
    private readonly IProgress<T>? _progress;

    /// <summary>Begins a training.</summary>
    /// <param name="name">The name of the training.</param>
    /// <param name="progress">Receives the iterations; null for no receiver.</param>
    /// <param name="warn">Receives warnings until the end.</param>
    public TrainingRun(string name, IProgress<T>? progress, Action<string> warn)
        : base(name, warn)
    {
        _progress = progress;
        (progress as IRunListener)?.Begin(this);
    }

    /// <summary>Reports an iteration, which must carry this training.</summary>
    public void Report(T iteration) => _progress?.Report(iteration);
}
