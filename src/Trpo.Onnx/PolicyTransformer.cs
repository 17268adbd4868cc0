using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Conversion;
using Trpo.Onnx.Files;
using Trpo.Onnx.Interop;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Sampling;

namespace Trpo.Onnx;

/// <summary>
/// A trained policy as an ML.NET transformer: it reads a column of observations, <c>Vector&lt;Single, d&gt;</c>, and adds the action and its score. The
/// policy runs as ONNX through OnnxRuntime. The action is deterministic (the most probable choice, of each dimension or switch if there are several,
/// or the mean within the bounds) or, on request, drawn at random. A NaN in the observation gives a missing action.
/// </summary>
public sealed class PolicyTransformer : ITransformer, IDisposable
{
    private readonly byte[] _onnx;
    private int _engines = -1;

    /// <summary>Creates a transformer of an exported policy.</summary>
    /// <param name="onnx">The bytes of the ONNX model.</param>
    /// <param name="columns">The columns to read and to write.</param>
    /// <param name="selection">The selection of actions; null, the default, for <see cref="ActionSelection.Mode"/>.</param>
    /// <param name="trust">True if the caller vouches for the bytes, which are then not checked; false, the default, if they may be a stranger's, as in <see cref="PolicySession.Open(byte[], bool)"/>.</param>
    /// <exception cref="ArgumentException">Two of the outputs have the same name, a name is empty, or an output does not exist for the policy's actions.</exception>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged or are not admitted.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn or given a probability, but the policy's graph does not output their distribution.</exception>
    public PolicyTransformer(byte[] onnx, PolicyColumns columns, ActionSelection? selection = null, bool trust = false)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        ArgumentNullException.ThrowIfNull(columns);
        _onnx = [.. onnx];
        Columns = columns;
        Selection = selection ?? ActionSelection.Mode;
        Session = SessionOpening.Open(_onnx, "the model", trust);
        Check();
    }

    private PolicyTransformer(PolicyTransformer policy, PolicyColumns columns, ActionSelection selection)
    {
        _onnx = policy._onnx;
        Columns = columns;
        Selection = selection;
        Session = policy.Session.Share();
        Check();
    }

    /// <summary>The columns that are read and written.</summary>
    public PolicyColumns Columns { get; }

    /// <summary>The selection of actions.</summary>
    public ActionSelection Selection { get; }

    /// <summary>The metadata of the policy.</summary>
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
        PolicySchema.FindObservation(inputSchema, Columns.Observation, Metadata.Observations.Length);
        return PolicySchema.Append(inputSchema, Columns.Outputs, Metadata.Actions);
    }

    /// <summary>
    /// Creates a transformer of the same policy with other columns or another selection, to be disposed on its own. The policy is not opened again.
    /// </summary>
    /// <param name="selection">The selection of actions; null, the default, keeps the present one.</param>
    /// <param name="columns">The columns to read and to write; null, the default, keeps the present ones.</param>
    /// <exception cref="ArgumentException">Two of the outputs have the same name, a name is empty, or an output does not exist for the policy's actions.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn or given a probability, but the policy's graph does not output their distribution.</exception>
    /// <exception cref="ObjectDisposedException">The transformer was disposed.</exception>
    public PolicyTransformer With(ActionSelection? selection = null, PolicyColumns? columns = null) => new(this, columns ?? Columns, selection ?? Selection);

    /// <summary>Returns a view with the outputs of each row of <paramref name="input"/>. Rows are scored when they are read.</summary>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var mapper = Mapper(input.Schema);
        return new PolicyDataView(input, mapper, this, graph => Write(graph, mapper.OutputSchema));
    }

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        return Mapper(inputSchema);
    }

    /// <summary>Writes the policy, without the transforms in front of it, to an ONNX file.</summary>
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
        MicrosoftMLInternals.Save(ctx, PolicyRecord.Encode(Columns, Selection, _onnx));
    }

    private void Write(ConverterGraph graph, DataViewSchema schema)
    {
        if (Selection.IsSampled)
            throw new NotSupportedException($"The policy draws its actions at random, which an ONNX graph does not do. Convert the model that {nameof(PolicyModel)}.{nameof(PolicyModel.With)}(model, {nameof(ActionSelection)}.{nameof(ActionSelection.Mode)}) returns.");
        ConverterExport.Write(new PolicyGraph(_onnx, Metadata, Columns.Observation), Columns.Outputs, schema, graph);
    }

    private void Check()
    {
        try
        {
            if (!Session.TakesObservations)
                throw new InvalidDataException($"The graph takes the raw columns {string.Join(", ", Session.InputColumns)}, and not the one input '{PolicyValues.Observation}' that a column of a data view could be: use it with {nameof(PolicySession)}, or export the policy alone with {nameof(SaveOnnx)}.");
            Columns.Validate(Metadata.Actions);
            ExplorationFloor.Check(Selection.Floor, Metadata.Actions);
            if (!Session.IsStochastic && (Selection.IsSampled || Columns.Probability is not null || Columns.LogProbability is not null))
                throw PolicySession.NotStochastic();
        }
        catch
        {
            Session.Dispose();
            throw;
        }
    }

    private PolicyRowMapper Mapper(DataViewSchema input)
    {
        // All cursors of a view must draw the same actions, also without a seed: a caller may read two columns with two cursors and pair them.
        var selection = Selection is { IsSampled: true, Seed: null } ? ActionSelection.Sample(Random.Shared.Next(), Selection.Floor) : Selection;
        return new PolicyRowMapper(
            new RowPolicy(
                Columns.Observation,
                Metadata.Observations.Length,
                Metadata.InputColumns,
                [.. Columns.Outputs],
                Metadata.Actions,
                capacity => Session.CreateUnboundBatch(capacity, selection),

                // Engines that run side by side must not draw the same actions.
                () => Interlocked.Increment(ref _engines)),
            input);
    }
}
