namespace Trpo.Estimators.Display;

/// <summary>A receiver of progress that does nothing with it.</summary>
/// <typeparam name="T">The type of the iterations.</typeparam>
internal sealed class SilentProgress<T> : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value)
    {
    }
}
