using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace Trpo.Onnx.Interop;

/// <summary>
/// A view over another one that ML.NET recognises as a transform of it: its converter to ONNX asks it for its nodes, and its tools apply it to other rows.
/// </summary>
internal abstract class ConvertibleDataView(IDataView source, ITransformer transformer) : ITransformCanSaveOnnx, ITransformTemplate
{
    /// <summary>The view that is transformed.</summary>
    public IDataView Source => source;

    public abstract bool CanShuffle { get; }

    public abstract DataViewSchema Schema { get; }

    public abstract long? GetRowCount();

    public abstract DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null);

    public abstract DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null);

    /// <summary>Adds the nodes that compute the view's own columns to the graph of ML.NET's converter.</summary>
    /// <param name="graph">The graph.</param>
    /// <exception cref="NotSupportedException">The columns cannot be expressed; the message says why.</exception>
    protected abstract void Write(ConverterGraph graph);

    /// <summary>Returns the column of the source that the nodes read.</summary>
    protected abstract DataViewSchema.Column Input { get; }

    // A transform that says no is left out, and the transforms in front of it with it, without an exception. Write refuses by name.
    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => true;

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ConverterGap.Check(source, Input, ctx);
        Write(new ConverterGraph(ctx));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => transformer.Save(ctx);

    IDataTransform ITransformTemplate.ApplyToData(IHostEnvironment env, IDataView newSource) => (IDataTransform)transformer.Transform(newSource);
}
