using System.Text;

namespace Trpo.Cli.Foundation;

/// <summary>A writer of whole lines with a name in front, for several works that write to one stream at the same time.</summary>
/// <param name="stream">The stream, which is also the lock of all of its writers.</param>
/// <param name="name">The name.</param>
internal sealed class LineWriter(TextWriter stream, string name) : TextWriter
{
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public override Encoding Encoding => stream.Encoding;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        if (value == '\r')
            return;
        lock (stream)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }

            stream.WriteLine($"{name}: {_line}");
            _line.Clear();
        }
    }
}
