namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// The view given to a trainer or an evaluation does not pass the environment's rows on one by one: they are cached, shuffled or
/// filtered on the way, or do not come from the environment at all. The message names what stands in the way.
/// </summary>
public sealed class LockStepException : InvalidOperationException
{
    /// <inheritdoc cref="InvalidOperationException(string)"/>
    public LockStepException(string message)
        : base(message)
    {
    }
}
