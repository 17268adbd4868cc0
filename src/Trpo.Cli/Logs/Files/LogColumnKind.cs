namespace Trpo.Cli.Logs.Files;

/// <summary>The kind of the cells of a column of a log. A column of a file without types is of the first kind that takes all of its cells.</summary>
internal enum LogColumnKind
{
    /// <summary>Numbers, in the invariant culture.</summary>
    Number,

    /// <summary><c>true</c> and <c>false</c>, in whatever case.</summary>
    Boolean,

    /// <summary>Texts.</summary>
    Text,
}
