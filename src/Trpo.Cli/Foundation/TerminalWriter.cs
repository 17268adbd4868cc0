using System.Text;

namespace Trpo.Cli.Foundation;

/// <summary>A writer to a terminal. After the terminal was closed, text is dropped: a training that ends for that reason writes its checkpoint and its report all the same.</summary>
/// <param name="terminal">The writer of the terminal's device.</param>
internal sealed class TerminalWriter(TextWriter terminal) : TextWriter
{
    // EIO, on Linux and macOS.
    private const int InputOutputError = 5;

    /// <inheritdoc/>
    public override Encoding Encoding => terminal.Encoding;

    /// <summary>Makes writes to a closed terminal harmless for this process. Streams that are redirected to files stay as they are: their errors are reported.</summary>
    public static void Install()
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!Console.IsOutputRedirected)
            Console.SetOut(new TerminalWriter(Console.Out));
        if (!Console.IsErrorRedirected)
            Console.SetError(new TerminalWriter(Console.Error));
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write(new ReadOnlySpan<char>(in value));

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value.AsSpan());

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer)
    {
        try
        {
            terminal.Write(buffer);
        }
        catch (IOException exception) when (exception.HResult == InputOutputError)
        {
            // The terminal was closed.
        }
    }

    /// <inheritdoc/>
    public override void Flush()
    {
        try
        {
            terminal.Flush();
        }
        catch (IOException exception) when (exception.HResult == InputOutputError)
        {
            // The terminal was closed.
        }
    }
}
