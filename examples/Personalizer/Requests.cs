using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Trpo.Examples.Personalizer;

/// <summary>The body of POST /decide.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed partial record DecideRequest(string? Event, string? Subject, Dictionary<string, float>? Context, string[]? Eligible)
{
    /// <summary>Returns the context in the order of the features and the mask of the eligible actions.</summary>
    /// <exception cref="BadHttpRequestException">A part is missing, unknown or out of its range.</exception>
    public (string Event, float[] Context, bool[] Eligible) Read(PersonalizerOptions options)
    {
        if (Event is not null && !EventName().IsMatch(Event))
            throw new BadHttpRequestException("The event must be 1 to 64 letters, digits, '-' or '_'.");
        if (Subject is { Length: > 128 or 0 } || (Subject?.Any(char.IsControl) ?? false))
            throw new BadHttpRequestException("The subject must be 1 to 128 characters without control characters, or left out.");
        if (Context is null || Context.Count != options.Features.Length || options.Features.FirstOrDefault(feature => !Context.TryGetValue(feature, out var value) || !float.IsFinite(value)) is not null)
            throw new BadHttpRequestException($"The context must have a finite number for each of {string.Join(", ", options.Features)}, and nothing else.");
        if (Eligible is { Length: 0 } || (Eligible?.Any(action => !options.Actions.Contains(action)) ?? false))
            throw new BadHttpRequestException($"The eligible actions must be one or more of {string.Join(", ", options.Actions)}, or left out for all.");
        return (Event ?? Guid.CreateVersion7().ToString("N"), [.. options.Features.Select(feature => Context[feature])], [.. options.Actions.Select(action => Eligible?.Contains(action) ?? true)]);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,64}$")]
    private static partial Regex EventName();
}

/// <summary>The body of POST /reward/{event}.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RewardRequest(double? Value);

/// <summary>The body of POST /delete: the subject whose decisions are deleted, or the age from which on all are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DeleteRequest(string? Subject, double? OlderThanDays);
