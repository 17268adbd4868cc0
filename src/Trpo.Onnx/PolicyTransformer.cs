using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx;

/// <summary>
/// A trained policy as an ML.NET transformer: it reads a column of observations, <c>Vector&lt;Single, d&gt;</c>, and adds
/// the action and its score. The policy runs as ONNX through OnnxRuntime. The action is deterministic: the most
/// probable choice, of each dimension or switch where there are several, or the mean within the bounds; a NaN in the
/// observation gives a missing action.
/// </summary>
public sealed class PolicyTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnx;

    /// <summary>Wraps an exported policy.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <param name="columns">The columns to read and to write.</param>
    /// <exception cref="ArgumentException">Two of the columns have the same name, or a name is empty.</exception>
    /// <exception cref="InvalidDataException">The bytes are not a policy.</exception>
    public PolicyTransformer(byte[] onnx, PolicyColumns columns)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        ArgumentNullException.ThrowIfNull(columns);
        columns.Check();
        _onnx = [.. onnx];
        Columns = columns;
        Session = PolicySession.Open(_onnx, "the model");
    }

    /// <summary>The columns that are read and written.</summary>
    public PolicyColumns Columns { get; }

    /// <summary>What the policy says of itself.</summary>
    public PolicyMetadata Metadata => Session.Metadata;

    /// <summary>True: a row's action depends on that row alone.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The policy itself, for use without data views.</summary>
    public PolicySession Session { get; }

    /// <summary>The ONNX model's bytes.</summary>
    public ReadOnlyMemory<byte> Onnx => _onnx;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        PolicySchema.Observation(inputSchema, Columns.Observation, Metadata.Observations.Length);
        return PolicySchema.Output(inputSchema, Columns, Metadata.Actions);
    }

    /// <summary>A view with the action and the score of each row of <paramref name="input"/>; rows are scored as they are read.</summary>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new PolicyDataView(input, Mapper(input.Schema));
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Mapper(inputSchema);
    }

    /// <summary>Writes the policy, without what precedes it in a pipeline, to an ONNX file (aside, then renamed).</summary>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    public void SaveOnnx(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, _onnx);
    }

    /// <summary>Frees the OnnxRuntime session; views and engines over this transformer throw <see cref="ObjectDisposedException"/> from then on.</summary>
    public void Dispose() => Session.Dispose();

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        MicrosoftMLInternals.Save(ctx, Columns, _onnx);
    }

    private PolicyRowMapper Mapper(DataViewSchema input) => new(Session, Columns, input);
}
