using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>Texts that a session reads. OnnxRuntime has memory of its own for them, so that they are copied before each run.</summary>
/// <param name="Name">The name of the graph's input.</param>
/// <param name="Data">The texts, row-major.</param>
/// <param name="Columns">The number of texts in a row.</param>
internal sealed record BoundTexts(string Name, ReadOnlyMemory<char>[] Data, int Columns) : IBoundValue
{
    public bool IsInput => true;

    public OrtValue Rows(int count) => OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [count, Columns]);

    public void Refresh(OrtValue value, int count)
    {
        for (var i = 0; i < count * Columns; i++)
            value.StringTensorSetElementAt(Data[i].Span, i);
    }
}
