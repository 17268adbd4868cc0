namespace Trpo.Estimators.Display;

/// <summary>The output that progress is written to.</summary>
internal interface ITerminal
{
    /// <summary>True if a line can be rewritten in place.</summary>
    bool IsInteractive { get; }

    /// <summary>Gets the number of columns, at least 1.</summary>
    int Width { get; }

    /// <summary>Writes text at once.</summary>
    /// <param name="text">The text, with the ends of its lines.</param>
    void Write(string text);
}
