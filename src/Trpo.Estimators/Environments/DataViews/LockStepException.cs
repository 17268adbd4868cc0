namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The exception that is thrown if the view given to a trainer or an evaluation does not return the environment's rows one by one: a transform
/// caches, shuffles or filters them, or the view does not read from the environment. The message names the transform.
/// </summary>
public sealed class LockStepException : InvalidOperationException
{
    /// <inheritdoc cref="InvalidOperationException(string)"/>
    public LockStepException(string message)
        : base(message)
    {
    }
}
