using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Cli.Logs;

/// <summary>The hash of the current row of a log: of the action, the reward, the probability and the columns that a policy reads, whatever their order in the file.</summary>
internal sealed class RowHasher
{
    private readonly XxHash3 _hash = new();
    private readonly Action<string>[] _cells;

    /// <param name="row">The cursor.</param>
    /// <param name="choice">The columns.</param>
    public RowHasher(DataViewRow row, LogChoice choice)
    {
        var probability = Number(row, choice.Probability);
        _cells =
        [
            Cell(row, choice.Action), Cell(row, choice.Reward), format => Append(choice.IsLogarithm ? Math.Exp(probability()) : probability(), format),
            .. ColumnsOf(choice).Select(name => Cell(row, name)),
        ];
    }

    /// <summary>Returns the columns of a choice that a policy reads, in an order that does not depend on the file: the mask is one of them, whether it is named or not.</summary>
    public static IReadOnlyList<string> ColumnsOf(LogChoice choice) => [.. choice.Features.Select(feature => feature.Name).Concat(choice.Mask?.Columns.Where(column => choice.Features.All(feature => feature.Source != column)) ?? []).Order(StringComparer.Ordinal)];

    /// <summary>Returns the hash of the current row.</summary>
    /// <param name="digits">The number of significant digits of numbers, at least 1.</param>
    public ulong Hash(int digits)
    {
        _hash.Reset();
        var format = string.Create(CultureInfo.InvariantCulture, $"E{digits - 1}");
        foreach (var cell in _cells)
            cell(format);
        return _hash.GetCurrentHashAsUInt64();
    }

    private static Func<double> Number(DataViewRow row, string name)
    {
        if (row.Schema[name].Type == NumberDataViewType.Single)
        {
            var getter = RowCell.Reader<float>(row, name);
            return () => getter();
        }

        return RowCell.Reader<double>(row, name);
    }

    private Action<string> Cell(DataViewRow row, string name)
    {
        if (row.Schema[name].Type is not TextDataViewType)
        {
            var number = Number(row, name);
            return format => Append(number(), format);
        }

        var text = RowCell.Reader<ReadOnlyMemory<char>>(row, name);
        return _ => Append(text().Span);
    }

    private void Append(double number, string format)
    {
        Span<char> text = stackalloc char[64];

        // A zero has no sign.
        (number + 0.0).TryFormat(text, out var length, format, CultureInfo.InvariantCulture);
        Append(text[..length]);
    }

    private void Append(ReadOnlySpan<char> text)
    {
        _hash.Append(MemoryMarshal.AsBytes(text));
        _hash.Append("\0\0"u8);
    }
}
