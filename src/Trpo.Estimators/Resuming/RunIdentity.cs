using System.Globalization;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Resuming;

/// <summary>
/// The facts of a run that must be equal where it resumes from a checkpoint: the environment, the transforms, the types and shapes of the parts, and all options that change
/// results. The number of steps, and the files that are written, may change.
/// </summary>
internal sealed class RunIdentity
{
    private const int MaxShownLength = 300;
    private const string InitialPolicyFact = "initial policy";

    private static readonly string[] MayChange = ["totalSteps", "targetReturn", "threads", "shards", "columns", "checkpoints", "health", "evaluation.patience"];

    private readonly List<(string Name, string Value)> _facts;

    private RunIdentity(List<(string Name, string Value)> facts) => _facts = facts;

    /// <summary>Lists the facts of a run.</summary>
    public static RunIdentity Of(TrpoOptions options, TrainingParts parts)
    {
        List<(string, string)> facts =
        [
            ("environment", parts.Environments.Unwrapped.Name),
            ("time limit", parts.Environments.Unwrapped.MaxEpisodeSteps?.ToString(CultureInfo.InvariantCulture) ?? "none"),
            ("observations", SpaceDescription.Of(parts.Environments.Unwrapped.ObservationSpace)),
            ("number of environments", parts.EnvironmentCount.ToString(CultureInfo.InvariantCulture)),
            ("transforms", parts.Environments.Lineage),
            ("length of an observation", parts.Environments.ObservationLength.ToString(CultureInfo.InvariantCulture)),
            ("actions", SpaceDescription.Of(parts.ActionSpace)),
            ("policy", parts.Policy.Architecture),
            ("value function", parts.ValueFunction.GetType().Name),
            ("optimizer", parts.Optimizer?.GetType().Name ?? "trust region"),
        ];
        if (options.InitialPolicy is { } initial)
            facts.Add((InitialPolicyFact, initial.Digest));
        facts.AddRange(TrpoOptionsJson.Flatten(options).Where(option => !MayChange.Contains(option.Key.Split('.')[0]) && !MayChange.Contains(option.Key)).Select(option => ($"option {option.Key}", option.Value.GetRawText())));
        return new RunIdentity(facts);
    }

    /// <summary>Describes the first difference to the run of a checkpoint, with both values; null where there is none.</summary>
    public string? Difference(RunIdentity saved)
    {
        foreach (var (name, value) in _facts)
        {
            var old = saved._facts.FirstOrDefault(fact => fact.Name == name).Value;
            if (old != value)
                return $"its {name} is {Shown(old ?? "unknown")}, but that of this run is {Shown(value)}";
        }

        return saved._facts.Select(fact => fact.Name).Except(_facts.Select(fact => fact.Name)).FirstOrDefault() is not { } gone ? null
            : gone == InitialPolicyFact ? $"it began with an {InitialPolicyFact}, but this run has none ({nameof(TrpoOptions.InitialPolicy)})"
            : $"it has a {gone}, which this library does not know";
    }

    /// <summary>Returns the facts by name.</summary>
    public Dictionary<string, string> ToDictionary() => _facts.ToDictionary(fact => fact.Name, fact => fact.Value, StringComparer.Ordinal);

    /// <summary>Writes the facts.</summary>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_facts.Count);
        foreach (var (name, value) in _facts)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    /// <summary>Reads facts.</summary>
    public static RunIdentity Restore(BinaryReader reader)
    {
        var facts = new List<(string, string)>();
        for (var left = reader.ReadCount(bytesEach: 2, "facts of the run"); left > 0; left--)
            facts.Add((reader.ReadString(), reader.ReadString()));
        return new RunIdentity(facts);
    }

    private static string Shown(string value) => value.Length <= MaxShownLength ? value : value[..MaxShownLength] + "...";
}
