using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>The inputs of a policy, and the readers of the types of rows that callers have used.</summary>
/// <param name="inputs">The inputs of the graph.</param>
internal sealed class RowReaders(ImmutableArray<GraphInput> inputs)
{
    /// <summary>The members of a type that are read.</summary>
    public const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicFields;

    private readonly ConcurrentDictionary<Type, object> _readers = new();

    /// <summary>The inputs of the graph.</summary>
    public ImmutableArray<GraphInput> Inputs => inputs;

    /// <summary>The columns of the inputs.</summary>
    public ImmutableArray<PolicyInputColumn> Columns { get; } = [.. inputs.Select(input => input.Column)];

    /// <summary>True if the policy takes one observation, <c>float[N, d]</c>.</summary>
    public bool IsObservation => inputs is [{ IsObservation: true }];

    /// <summary>Returns the reader of a type of rows.</summary>
    /// <exception cref="ArgumentException">A column has no property or field of its name, or one of a type that no column has.</exception>
    public RowReader<TRow> Of<[DynamicallyAccessedMembers(Members)] TRow>() =>
        (RowReader<TRow>)(_readers.TryGetValue(typeof(TRow), out var reader) ? reader : _readers.GetOrAdd(typeof(TRow), new RowReader<TRow>(Columns)));
}
