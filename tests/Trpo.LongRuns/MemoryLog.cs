using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using Trpo.Estimators;

namespace Trpo.LongRuns;

/// <summary>A receiver of iterations that prints the resident memory of the process in bytes and the number of live libtorch tensors after each.</summary>
internal sealed class MemoryLog : IProgress<TrpoIteration>
{
    private readonly Process _process = Process.GetCurrentProcess();

    public void Report(TrpoIteration value)
    {
        _process.Refresh();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_process.WorkingSet64} {torch.Tensor.TotalCount}"));
    }
}
