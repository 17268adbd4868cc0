using System.Collections.Immutable;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime.Graph;

/// <summary>The description of an exported policy, stored in the <c>metadata_props</c> of its ONNX model.</summary>
public sealed class PolicyMetadata
{
    /// <summary>The key of the model's digest in its <c>metadata_props</c>: the SHA-256 of the model without this pair, or "none".</summary>
    public const string DigestKey = "trpo.sha256";

    private const int MaxShown = 100;

    /// <summary>Describes a policy.</summary>
    /// <param name="observations">The observations that the policy takes, after the transforms in front of it.</param>
    /// <param name="actions">The actions that it returns.</param>
    /// <param name="provenance">The provenance of the policy, as names and values for people to read.</param>
    /// <param name="inputColumns">The raw columns that it was trained on, before any transform; null if they are not known.</param>
    /// <exception cref="ArgumentException">The observations have columns, but a policy takes one vector; an input column is invalid, or two have the same name.</exception>
    public PolicyMetadata(
        ObservationSpace observations,
        ActionSpace actions,
        IEnumerable<KeyValuePair<string, string>> provenance,
        IEnumerable<PolicyInputColumn>? inputColumns = null)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(provenance);
        if (!observations.Columns.IsEmpty)
            throw new ArgumentException($"A policy takes one vector, but the observations are {observations}.", nameof(observations));
        Observations = observations;
        Actions = actions;
        Provenance = provenance.ToImmutableSortedDictionary(StringComparer.Ordinal);
        InputColumns = [.. inputColumns ?? []];
        foreach (var column in InputColumns)
            column.Check();
        if (InputColumns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { } repeated)
            throw new ArgumentException($"The input column '{repeated.Key}' occurs twice.", nameof(inputColumns));
    }

    /// <summary>The observations that the policy takes.</summary>
    public ObservationSpace Observations { get; }

    /// <summary>The actions that the policy returns.</summary>
    public ActionSpace Actions { get; }

    /// <summary>The provenance of the policy: trainer, environment, seed, steps and the like.</summary>
    public ImmutableSortedDictionary<string, string> Provenance { get; }

    /// <summary>The raw columns that the policy was trained on, before any transform; empty if they are not known.</summary>
    public ImmutableArray<PolicyInputColumn> InputColumns { get; }

    /// <summary>
    /// True if the last <see cref="ActionSpace.ScoreLength"/> values of the policy's observation, behind the transforms in the same graph, are a mask
    /// of the choices: 1 for allowed, 0 for forbidden. If no choice is allowed, the action is missing, as for a NaN.
    /// </summary>
    /// <exception cref="ArgumentException">The property is set, but the <see cref="Actions"/> are not choices.</exception>
    public bool HasActionMask
    {
        get;
        init => field = value && Actions.ChoiceCounts.IsEmpty
            ? throw new ArgumentException($"Only choices can be masked, but the actions are {Actions}.", nameof(value))
            : value;
    }

    /// <summary>
    /// True if the graph itself makes the score NaN when the policy's observation has a NaN. Otherwise the input decides, which is wrong if transforms
    /// in the graph replace a NaN.
    /// </summary>
    public bool MarksMissing { get; init; }

    /// <summary>Reads the metadata of an exported policy without running it.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or are damaged.</exception>
    public static PolicyMetadata FromOnnx(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        return PolicyMetadataFormat.Read(PolicyReader.Open(onnx).Metadata);
    }

    /// <summary>Reads the metadata from the pairs of a model's <c>metadata_props</c>, without <see cref="DigestKey"/>.</summary>
    /// <param name="properties">The pairs; those that <see cref="IsProperty"/> does not know are left to their owners.</param>
    /// <exception cref="InvalidDataException">A pair is missing, malformed, or of a newer version; the message names it.</exception>
    public static PolicyMetadata FromProperties(IReadOnlyDictionary<string, string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        return PolicyMetadataFormat.Read(properties);
    }

    /// <summary>True if a key of a model's <c>metadata_props</c> is one that <see cref="ToProperties"/> writes.</summary>
    /// <param name="key">The key.</param>
    public static bool IsProperty(string key) => PolicyMetadataFormat.IsOurs(key);

    /// <summary>Returns the pairs that a model's <c>metadata_props</c> hold for this policy.</summary>
    public IEnumerable<KeyValuePair<string, string>> ToProperties() => PolicyMetadataFormat.Write(this);

    /// <summary>Returns the spaces and the provenance, of which long values are cut off.</summary>
    public override string ToString() =>
        $"{Observations} -> {Actions} ({string.Join(", ", Provenance.Select(pair => $"{pair.Key}: {(pair.Value.Length > MaxShown ? $"{pair.Value.AsSpan(0, MaxShown)}..." : pair.Value)}"))})";
}
