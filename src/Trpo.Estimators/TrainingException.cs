using Trpo.Onnx;

namespace Trpo.Estimators;

/// <summary>The exception that is thrown when training diverged or cannot continue; the message names the iteration, the reason, and a remedy.</summary>
public sealed class TrainingException : Exception
{
    /// <inheritdoc cref="Exception(string)"/>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>
    /// Gets the policy with the best mean return of the evaluations, to be disposed on its own, if <see cref="EvaluationOptions.KeepBest"/> is set and there was an evaluation before; null otherwise.
    /// It is what <c>Fit</c> would have returned as the trainer's own part; transforms of the observations in front of it are not in it.
    /// </summary>
    public PolicyTransformer? BestPolicy { get; internal set; }

    /// <inheritdoc/>
    public override string Message => BestPolicy is null ? base.Message : $"{base.Message} The best policy of the evaluations is in {nameof(BestPolicy)} of this exception.";
}
