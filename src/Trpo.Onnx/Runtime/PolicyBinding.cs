using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>The inputs and outputs of a policy bound to memory, so that running it allocates nothing while the number of rows stays the same.</summary>
internal sealed class PolicyBinding(IEnumerable<IBoundValue> values) : IDisposable
{
    private readonly RunOptions _run = new();
    private readonly IBoundValue[] _values = [.. values];
    private OrtIoBinding? _binding;
    private OrtValue[] _bound = [];
    private int _rows;

    /// <summary>Runs the session on the first <paramref name="rows"/> rows of the memory.</summary>
    public void Run(InferenceSession session, int rows)
    {
        if (rows != _rows)
            Bind(session, rows);
        for (var i = 0; i < _values.Length; i++)
            _values[i].Refresh(_bound[i], rows);
        session.RunWithBinding(_run, _binding!);
    }

    public void Dispose()
    {
        Unbind();
        _run.Dispose();
    }

    private void Bind(InferenceSession session, int rows)
    {
        Unbind();
        _binding = session.CreateIoBinding();
        _bound = [.. _values.Select(value => value.Rows(rows))];
        foreach (var (value, bound) in _values.Zip(_bound))
        {
            if (value.IsInput)
                _binding.BindInput(value.Name, bound);
            else
                _binding.BindOutput(value.Name, bound);
        }

        _rows = rows;
    }

    private void Unbind()
    {
        _binding?.Dispose();
        foreach (var value in _bound)
            value.Dispose();
        _binding = null;
        _bound = [];
        _rows = 0;
    }
}
