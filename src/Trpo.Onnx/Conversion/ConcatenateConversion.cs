using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of Concatenate: columns side by side.</summary>
internal sealed class ConcatenateConversion : IConversion
{
    public bool KeepsType => false;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) =>
        MicrosoftMLInternals.ColumnsOf((ColumnConcatenatingTransformer)transformer).Select(column => (column.Output, column.Inputs));

    public ChainColumn Convert(ConversionStep step)
    {
        var value = step.Sources is [var only] ? only.Value : step.Graph.Node("Concat", [.. step.Sources.Select(source => source.Value)], ("axis", 1));
        return new ChainColumn(value, step.OutputType, step.Sources.All(source => source.IsDense));
    }
}
