using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The words of a document that compares candidates, and its comparisons.</summary>
internal sealed record ComparisonPage
{
    /// <summary>The verb on the command line.</summary>
    public required string Verb { get; init; }

    /// <summary>The name of the file.</summary>
    public required string FileName { get; init; }

    public required string Title { get; init; }

    /// <summary>The beginning of the introduction; the number of seeds follows a colon.</summary>
    public required string Introduction { get; init; }

    /// <summary>The head of the column of candidates.</summary>
    public required string Column { get; init; }

    /// <summary>The notes behind those on cells and steps to solve.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The paragraphs between the table of all tasks and those of each; empty, the default, for none.</summary>
    public IReadOnlyList<string> Conclusions { get; init; } = [];

    /// <summary>Returns the comparisons of the page.</summary>
    public required Func<ResultsSettings, IReadOnlyList<Comparison>> Comparisons { get; init; }
}
