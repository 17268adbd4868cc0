using Trpo.Estimators.Display;

namespace Trpo.Tests.Display;

/// <summary>A terminal of a test, with the lines that it would show.</summary>
internal sealed class RecordedTerminal(bool isInteractive, int width = 80) : ITerminal
{
    private readonly List<string> _lines = [""];
    private int _column;

    public bool IsInteractive => isInteractive;

    public int Width => width;

    /// <summary>Everything that was written, one text per call.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>The lines as they stand, without the spaces behind them; the last one is that of the cursor.</summary>
    public IReadOnlyList<string> Screen => [.. _lines.Select(line => line.TrimEnd())];

    /// <summary>The exception of every write from now on; null for none.</summary>
    public Exception? Failure { get; set; }

    public void Write(string text)
    {
        if (Failure is not null)
            throw Failure;
        Writes.Add(text);
        foreach (var character in text)
            Put(character);
    }

    private void Put(char character)
    {
        if (character == '\r')
        {
            _column = 0;
            return;
        }

        if (character == '\n')
        {
            _lines.Add("");
            _column = 0;
            return;
        }

        // A character in the last column may begin a new line.
        if (isInteractive)
            Assert.That(_column, Is.LessThan(Math.Max(width - 1, 1)), "the width of the terminal");
        var line = _lines[^1].PadRight(_column + 1).ToCharArray();
        line[_column++] = character;
        _lines[^1] = new string(line);
    }
}
