using Microsoft.Data.Sqlite;

namespace Trpo.Cli.Logs.Files;

/// <summary>The functions of SQL that read cells by the rules of <see cref="LogCell"/>.</summary>
internal static class SqliteCells
{
    private const string Number = "trpo_number";
    private const string Text = "trpo_text";
    private const string Name = "trpo_name";

    /// <summary>Adds the functions to a connection.</summary>
    public static void AddTo(SqliteConnection connection)
    {
        connection.CreateFunction(Number, (object?[] cells) => LogCell.NumberOf(cells[0]) is var number && double.IsNaN(number) ? null : (double?)number, isDeterministic: true);
        connection.CreateFunction(Name, (object?[] cells) => LogCell.NameOf(cells[0]), isDeterministic: true);
        connection.CreateFunction(Text, (object?[] cells) => LogCell.TextOf(cells[0]), isDeterministic: true);
    }

    /// <summary>Returns the expression of a cell in a query.</summary>
    /// <param name="name">The column.</param>
    /// <param name="type">The type to read.</param>
    /// <param name="isBoolean">True if the column was declared with the type of Booleans, which SQLite stores as 0 and 1.</param>
    /// <param name="isText">True if the column is one of texts.</param>
    public static string Expression(string name, LogFieldType type, bool isBoolean, bool isText)
    {
        var cell = Quoted(name);
        var value = isBoolean ? $"CASE {cell} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE {cell} END" : cell;
        return $"{(type != LogFieldType.Text ? Number : isText ? Text : Name)}({value})";
    }

    /// <summary>Returns the value of a cell, as the expression has it.</summary>
    /// <param name="value">The value that SQLite stores.</param>
    /// <param name="isBoolean">True if the column was declared with the type of Booleans.</param>
    public static object ValueOf(object value, bool isBoolean) => isBoolean && value is (0L or 1L) ? value is 1L : value;

    /// <summary>Returns a name for a query.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
