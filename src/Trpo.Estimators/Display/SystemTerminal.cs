namespace Trpo.Estimators.Display;

/// <summary>The console of the process.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private const int UsualWidth = 80;

    /// <inheritdoc/>
    public bool IsInteractive => OutputFacts.Current().IsInteractive;

    /// <inheritdoc/>
    public int Width
    {
        get
        {
            try
            {
                // A pseudo-terminal whose size nobody set has 0 columns.
                return Console.WindowWidth is > 0 and var width ? width : UsualWidth;
            }
            catch (Exception exception) when (exception is IOException or PlatformNotSupportedException)
            {
                return UsualWidth;
            }
        }
    }

    /// <inheritdoc/>
    public void Write(string text) => Console.Out.Write(text);
}
