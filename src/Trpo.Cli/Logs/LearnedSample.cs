using System.Text.Json;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs;

/// <summary>The samples of the rows that a policy was learned from, one for each spelling of numbers: a copy of a row is found among numbers that were rounded, too.</summary>
internal sealed record LearnedSample
{
    /// <summary>The name of the entry in the provenance of a policy that has the samples, so that a copy of the model keeps them.</summary>
    public const string Entry = "learned_rows";

    // With two digits, copies are found whose numbers have one or two decimals, and with four, rows that are alike are told apart.
    private static readonly int[] Digits = [2, 3, 4];

    private static readonly JsonSerializerOptions Format = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, RespectNullableAnnotations = true };

    /// <summary>Gets the number of rows that were learned from.</summary>
    public required long Rows { get; init; }

    /// <summary>Gets the samples.</summary>
    public required IReadOnlyList<RowSample> Samples { get; init; }

    /// <summary>Gets the numbers of significant digits of new samples.</summary>
    public static IReadOnlyList<int> Spellings => Digits;

    /// <summary>Reads the samples of a policy; null if it has none.</summary>
    /// <param name="provenance">The provenance of the policy.</param>
    /// <param name="path">The path of the policy, for messages.</param>
    /// <exception cref="CommandException">The entry is damaged.</exception>
    public static LearnedSample? Of(IReadOnlyDictionary<string, string> provenance, string path)
    {
        if (!provenance.TryGetValue(Entry, out var text))
            return null;
        try
        {
            return JsonSerializer.Deserialize<LearnedSample>(text, Format);
        }
        catch (JsonException exception)
        {
            throw new CommandException($"{path} has a damaged entry '{Entry}' in its provenance, the sample of the rows that it was learned from: {exception.Message} Use another copy of the model.", exception);
        }
    }

    /// <summary>Returns the text for the provenance of a policy.</summary>
    public string ToEntry() => JsonSerializer.Serialize(this, Format);
}
