using Parquet;
using Parquet.Schema;

namespace Trpo.Cli.Logs.Files;

/// <summary>The values of a column in a row group of a Parquet file.</summary>
internal static class ParquetCells
{
    private static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, CancellationToken, Task<object?[]>>> Readers = new()
    {
        [typeof(bool)] = ReadAsync<bool>,
        [typeof(sbyte)] = ReadAsync<sbyte>,
        [typeof(byte)] = ReadAsync<byte>,
        [typeof(short)] = ReadAsync<short>,
        [typeof(ushort)] = ReadAsync<ushort>,
        [typeof(int)] = ReadAsync<int>,
        [typeof(uint)] = ReadAsync<uint>,
        [typeof(long)] = ReadAsync<long>,
        [typeof(ulong)] = ReadAsync<ulong>,
        [typeof(float)] = ReadAsync<float>,
        [typeof(double)] = ReadAsync<double>,
        [typeof(decimal)] = ReadAsync<decimal>,
        [typeof(DateTime)] = ReadAsync<DateTime>,
        [typeof(DateOnly)] = ReadAsync<DateOnly>,
        [typeof(TimeOnly)] = ReadAsync<TimeOnly>,
        [typeof(TimeSpan)] = ReadAsync<TimeSpan>,
        [typeof(Guid)] = ReadAsync<Guid>,
        [typeof(string)] = ReadTextsAsync,
        [typeof(ReadOnlyMemory<char>)] = ReadTextsAsync,
    };

    /// <summary>True if values of the column's type can be read as numbers or texts.</summary>
    public static bool CanRead(DataField field) => Readers.ContainsKey(field.ClrType);

    /// <summary>Reads the values; a missing one is null.</summary>
    public static Task<object?[]> ReadAsync(ParquetRowGroupReader rows, DataField field, CancellationToken cancel) => Readers[field.ClrType](rows, field, cancel);

    private static async Task<object?[]> ReadAsync<T>(ParquetRowGroupReader rows, DataField field, CancellationToken cancel)
        where T : struct
    {
        if (field.IsNullable)
        {
            var values = new T?[checked((int)rows.RowCount)];
            await rows.ReadAsync<T>(field, values.AsMemory(), null, cancel).ConfigureAwait(false);
            return [.. values.Select(value => (object?)value)];
        }

        var all = new T[checked((int)rows.RowCount)];
        await rows.ReadAsync<T>(field, all.AsMemory(), null, cancel).ConfigureAwait(false);
        return [.. all.Select(value => (object?)value)];
    }

    private static async Task<object?[]> ReadTextsAsync(ParquetRowGroupReader rows, DataField field, CancellationToken cancel)
    {
        var values = new string?[checked((int)rows.RowCount)];
        await rows.ReadAsync(field, values.AsMemory(), null, cancel).ConfigureAwait(false);
        return [.. values];
    }
}
