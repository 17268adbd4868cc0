using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The categories of a log that a policy was not learned from, by the one-hot encodings of its pipeline, which are all zeros for them.</summary>
internal static class UnseenCategories
{
    /// <summary>Reads the rows and warns, once per column, of the first category that was not seen.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="first">The number of rows of the file in front of them.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="file">The log, for messages.</param>
    /// <param name="terminal">The receiver of warnings.</param>
    /// <param name="cancel">Ends the pass.</param>
    public static void Warn(ITransformer model, IDataView rows, long first, LogChoice choice, LogFile file, Terminal terminal, CancellationToken cancel)
    {
        var encoded = model.Transform(rows);
        foreach (var feature in choice.Features.Where(feature => feature.IsText && encoded.Schema.GetColumnOrNull(feature.Name)?.Type is VectorDataViewType { ItemType: NumberDataViewType type } && type == NumberDataViewType.Single))
        {
            var (count, found) = Find(encoded, feature.Name, cancel);
            if (found is not { } unseen)
                continue;
            var line = file.LinesOf([first + unseen.Row], cancel).TryGetValue(first + unseen.Row, out var place) ? string.Create(CultureInfo.InvariantCulture, $", line {place}") : "";
            terminal.Warn($"In row {first + unseen.Row}{line}, column '{feature.Name}' has the category '{unseen.Text}', which the policy was not learned from: it acts as if there were no value. {(count == 1 ? "No other row has" : FormattableString.Invariant($"{count:N0} rows have"))} such a category in this column. Learn from a log that has it, if it will come often.");
        }
    }

    private static (long Count, (long Row, string Text)? First) Find(IDataView encoded, string name, CancellationToken cancel)
    {
        // The texts are hidden behind the vectors that have their name.
        var vectors = encoded.Schema[name];
        if (encoded.Schema.Where(column => column.Name == name && column.Type is TextDataViewType).ToList() is not [var texts, ..])
            return (0, null);
        using var cursor = encoded.GetRowCursor([texts, vectors]);
        var (text, vector) = (cursor.GetGetter<ReadOnlyMemory<char>>(texts), cursor.GetGetter<VBuffer<float>>(vectors));
        var (count, first, value, slots) = (0L, ((long, string)?)null, default(ReadOnlyMemory<char>), default(VBuffer<float>));
        for (var row = 0L; cursor.MoveNext(); row++)
        {
            cancel.ThrowIfCancellationRequested();
            text(ref value);
            vector(ref slots);
            if (value.IsEmpty || slots.DenseValues().Any(slot => slot != 0))
                continue;
            count++;
            first ??= (row, value.ToString());
        }

        return (count, first);
    }
}
