using System.Collections.Immutable;
using Trpo.Onnx.Spaces;

namespace Trpo.Onnx;

/// <summary>What an exported policy says of itself; it is kept in the <c>metadata_props</c> of the ONNX model.</summary>
public sealed class PolicyMetadata
{
    /// <summary>Describes a policy.</summary>
    /// <param name="observations">The observations that the policy takes, after whatever precedes it in a pipeline.</param>
    /// <param name="actions">The actions that it returns.</param>
    /// <param name="provenance">What produced it, as names and values for people to read.</param>
    /// <exception cref="ArgumentException">The observations have columns: what arrives at a policy is one vector.</exception>
    public PolicyMetadata(ObservationSpace observations, ActionSpace actions, IEnumerable<KeyValuePair<string, string>> provenance)
    {
        ArgumentNullException.ThrowIfNull(observations);
        ArgumentNullException.ThrowIfNull(actions);
        ArgumentNullException.ThrowIfNull(provenance);
        if (!observations.Columns.IsEmpty)
            throw new ArgumentException($"A policy takes one vector, but the observations are {observations}.", nameof(observations));
        Observations = observations;
        Actions = actions;
        Provenance = provenance.ToImmutableSortedDictionary(StringComparer.Ordinal);
    }

    /// <summary>The observations that the policy takes.</summary>
    public ObservationSpace Observations { get; }

    /// <summary>The actions that the policy returns.</summary>
    public ActionSpace Actions { get; }

    /// <summary>What produced the policy: trainer, environment, seed, steps and the like.</summary>
    public ImmutableSortedDictionary<string, string> Provenance { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Observations} -> {Actions} ({string.Join(", ", Provenance.Select(pair => $"{pair.Key}: {pair.Value}"))})";
}
