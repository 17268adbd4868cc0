using System.Security.Cryptography;
using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Estimators.Pipelines;

/// <summary>
/// The columns in front of and behind the transforms of a pipeline as text, one line each. A worker compares it with the text of its own, and never
/// parses the one that was sent.
/// </summary>
internal static class PipelineSchema
{
    /// <summary>Describes the columns of an environment and of its transforms.</summary>
    /// <param name="environment">The columns of the environment, described with the names of their slots and keys.</param>
    /// <param name="output">The visible columns behind the last transform.</param>
    public static string Describe(DataViewSchema environment, DataViewSchema output)
    {
        var lines = environment.Select(column => $"in   {Column(column)}{Names(column, "SlotNames")}{Names(column, "KeyValues")}\n")
            .Concat(output.Where(column => !column.IsHidden).Select(column => $"out  {Column(column)}\n"));
        return string.Concat(lines);
    }

    /// <summary>Checks that a text that was sent is equal to this worker's.</summary>
    /// <exception cref="InvalidDataException">The two differ; the message has the first line that does.</exception>
    public static void Check(string sent, string here)
    {
        if (sent == here)
            return;
        var (theirs, ours) = (sent.Split('\n'), here.Split('\n'));
        var line = theirs.Zip(ours).TakeWhile(lines => lines.First == lines.Second).Count();
        throw new InvalidDataException($"it was fitted on other columns than those of this worker: '{Line(theirs)}' where this worker has '{Line(ours)}'");

        string Line(string[] lines) => Shorten(lines.ElementAtOrDefault(line) is { Length: > 0 } text ? text : "no column");
    }

    private static string Column(DataViewSchema.Column column) => $"{column.Name} {column.Type}";

    private static string Names(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind)?.Type is not VectorDataViewType { ItemType: TextDataViewType })
            return "";
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(kind, ref names);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names.DenseValues())
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length} {name}"));
        return $" {kind} {Convert.ToHexString(hash.GetHashAndReset(), 0, 8)}";
    }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "...";
}
