namespace Trpo.Cli.Logs.Files;

/// <summary>A column of a log, as a pass over all of its cells found it.</summary>
internal sealed record LogColumn
{
    /// <summary>Gets the name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the kind of the cells; <see cref="LogColumnKind.Number"/> if all are missing.</summary>
    public required LogColumnKind Kind { get; init; }

    /// <summary>Gets the number of rows without a value.</summary>
    public required long Missing { get; init; }

    /// <summary>Gets the place of the first missing cell; null if none is missing.</summary>
    public required string? FirstMissing { get; init; }

    /// <summary>Gets the number of different texts of the cells, up to <see cref="ColumnScan.MaxValues"/> + 1.</summary>
    public required int Values { get; init; }

    /// <summary>Gets the first cell that is no number; null if there is none.</summary>
    public required CellNote? FirstText { get; init; }

    /// <summary>Gets the kinds of cells that do not go together, with the remedy, as the end of a sentence about the column without a full stop; null if there are none.</summary>
    public string? Mixture { get; init; }

    /// <summary>Gets the first number beyond single precision, or infinite; null if there is none.</summary>
    public required CellNote? FirstLarge { get; init; }

    /// <summary>Gets the first text that is longer than a name; null if there is none.</summary>
    public required CellNote? FirstLong { get; init; }

    /// <summary>Gets the reason why the cells are neither numbers nor texts, as the end of a sentence; null if they are.</summary>
    public required string? Unreadable { get; init; }

    /// <summary>True if the cells are numbers, and all of them whole.</summary>
    public required bool IsWhole { get; init; }

    /// <summary>Gets the reason why the cells look like identifiers or times, as a sentence about the column without a full stop; null if they do not.</summary>
    public required string? Serial { get; init; }
}
