using System.Text.Json;
using System.Text.Json.Serialization;

namespace Trpo.Estimators.Resuming;

/// <summary>The state of an iteration that is reported once more when training resumes.</summary>
internal static class IterationState
{
    // Numbers such as the mean return of no episode are NaN. Computed properties are computed again.
    private static readonly JsonSerializerOptions Format = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Writes an iteration.</summary>
    public static void Save(BinaryWriter writer, TrpoIteration iteration) => writer.Write(JsonSerializer.Serialize(iteration, Format));

    /// <summary>Reads an iteration.</summary>
    /// <exception cref="InvalidDataException">It has an evaluation, or no number from 1.</exception>
    /// <exception cref="JsonException">The text is not that of an iteration.</exception>
    public static TrpoIteration Restore(BinaryReader reader)
    {
        var iteration = JsonSerializer.Deserialize<TrpoIteration>(reader.ReadString(), Format);
        return iteration is { Iteration: > 0, Evaluation: null }
            ? iteration
            : throw new InvalidDataException("The iteration has an evaluation, or no number from 1.");
    }
}
