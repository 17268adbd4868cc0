using System.Collections.Immutable;
using Google.Protobuf;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx.Graph;

/// <summary>What an exported policy says of itself; it is kept in the <c>metadata_props</c> of the ONNX model.</summary>
public sealed class PolicyMetadata
{
    /// <summary>Describes a policy.</summary>
    /// <param name="observations">The observations that the policy takes, after whatever precedes it in a pipeline.</param>
    /// <param name="actions">The actions that it returns.</param>
    /// <param name="provenance">What produced it, as names and values for people to read.</param>
    /// <param name="inputColumns">The raw columns that it was trained on, before any transform; null where they are not known.</param>
    /// <exception cref="ArgumentException">The observations have columns, though what arrives at a policy is one vector; an input column is described wrongly, or two have the same name.</exception>
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
            throw new ArgumentException($"The input column '{repeated.Key}' stands twice.", nameof(inputColumns));
    }

    /// <summary>The observations that the policy takes.</summary>
    public ObservationSpace Observations { get; }

    /// <summary>The actions that the policy returns.</summary>
    public ActionSpace Actions { get; }

    /// <summary>What produced the policy: trainer, environment, seed, steps and the like.</summary>
    public ImmutableSortedDictionary<string, string> Provenance { get; }

    /// <summary>The raw columns that the policy was trained on, before any transform; empty where they are not known.</summary>
    public ImmutableArray<PolicyInputColumn> InputColumns { get; }

    /// <summary>
    /// Whether the last <see cref="ActionSpace.ScoreLength"/> values of what the policy observes, behind whatever transforms are in the same graph, say
    /// which choices are allowed (1) and which are not (0). Where they allow nothing, the action is missing, as for a NaN.
    /// </summary>
    /// <exception cref="ArgumentException">It is set where the <see cref="Actions"/> are no choices.</exception>
    public bool HasActionMask
    {
        get;
        init => field = value && Actions.ChoiceCounts.IsEmpty
            ? throw new ArgumentException($"Only choices can be masked, but the actions are {Actions}.", nameof(value))
            : value;
    }

    /// <summary>
    /// Whether the graph itself makes the score NaN where the policy meets a NaN. Otherwise a NaN in the observation says so, which behind
    /// transforms, such as those that replace it, means nothing.
    /// </summary>
    internal bool MarksMissing { get; init; }

    /// <summary>Reads the metadata of an exported policy without running it.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or are damaged.</exception>
    public static PolicyMetadata FromOnnx(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        try
        {
            return PolicyMetadataFormat.Read(SealedModel.Open(onnx));
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw new InvalidDataException($"The bytes are no ONNX model: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Observations} -> {Actions} ({string.Join(", ", Provenance.Select(pair => $"{pair.Key}: {pair.Value}"))})";
}
