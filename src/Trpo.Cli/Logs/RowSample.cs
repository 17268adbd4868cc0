using System.Buffers.Binary;
using System.Text.Json.Serialization;

namespace Trpo.Cli.Logs;

/// <summary>A sample of the rows that a policy was learned from, as hashes of 64 bits. A row that occurs more than once among them is in no sample.</summary>
internal sealed record RowSample
{
    /// <summary>Gets the number of significant digits to which numbers were rounded.</summary>
    public required int Digits { get; init; }

    /// <summary>Gets the share of the sample that rows repeat which were not learned from: equal decisions can be two.</summary>
    public required double Chance { get; init; }

    /// <summary>Gets the number of those rows.</summary>
    public required long Others { get; init; }

    /// <summary>Gets the hashes, in little-endian order.</summary>
    public required byte[] Hashes { get; init; }

    /// <summary>Gets the number of rows in the sample.</summary>
    [JsonIgnore]
    public int Count => Hashes.Length / sizeof(ulong);

    /// <summary>Takes a sample that is spread over all rows.</summary>
    /// <param name="hashes">The hashes of all rows of the log.</param>
    /// <param name="learned">The number of rows at the beginning that are learned from.</param>
    /// <param name="digits">The number of significant digits.</param>
    /// <param name="max">The maximum number of rows in the sample.</param>
    public static RowSample Of(ReadOnlySpan<ulong> hashes, int learned, int digits, int max)
    {
        var others = new HashSet<ulong>(hashes[learned..].ToArray());
        ulong[] rows = [.. hashes[..learned].ToArray().CountBy(hash => hash).Where(pair => pair.Value == 1).Select(pair => pair.Key)];
        var count = Math.Min(max, rows.Length);
        var bytes = new byte[count * sizeof(ulong)];
        var repeated = 0;
        for (var i = 0; i < count; i++)
        {
            var hash = rows[(int)((long)i * rows.Length / count)];
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * sizeof(ulong)), hash);
            repeated += others.Contains(hash) ? 1 : 0;
        }

        return new RowSample { Digits = digits, Chance = count == 0 ? 1 : (double)repeated / count, Others = hashes.Length - learned, Hashes = bytes };
    }

    /// <summary>Returns the hashes.</summary>
    public HashSet<ulong> ToSet()
    {
        var set = new HashSet<ulong>(Count);
        for (var i = 0; i < Count; i++)
            set.Add(BinaryPrimitives.ReadUInt64LittleEndian(Hashes.AsSpan(i * sizeof(ulong))));
        return set;
    }

    /// <summary>Returns the number of rows of the sample that are expected among fresh rows.</summary>
    /// <param name="rows">The number of fresh rows.</param>
    public double Expected(long rows) => Count * (rows <= Others ? Chance : 1 - Math.Pow(1 - Chance, (double)rows / Math.Max(1, Others)));
}
