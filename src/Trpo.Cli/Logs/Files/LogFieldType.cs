namespace Trpo.Cli.Logs.Files;

/// <summary>The type in which a column of a log is loaded.</summary>
internal enum LogFieldType
{
    /// <summary>Text; a missing cell is empty.</summary>
    Text,

    /// <summary>Numbers of single precision; a missing cell is NaN, true is 1 and false is 0.</summary>
    Single,

    /// <summary>Numbers of double precision; a missing cell is NaN, true is 1 and false is 0.</summary>
    Double,
}
