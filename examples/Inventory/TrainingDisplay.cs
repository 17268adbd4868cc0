using System.Globalization;
using Trpo.Estimators;

namespace Trpo.Examples.Inventory;

/// <summary>A line of progress per tenth of the training.</summary>
internal sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int Lines = 10;

    private int _lines;

    public TrpoIteration? Last { get; private set; }

    public void Report(TrpoIteration value)
    {
        Last = value;
        var line = (int)((long)value.Steps * Lines / value.TotalSteps);
        if (line == _lines)
            return;
        _lines = line;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{value.Steps,9:N0} steps  {value.StepsPerSecond,7:N0} steps/s  profit {value.MeanReturnOfLast100,6:F1}  KL {value.Update.MeanKl:F4}  entropy {value.Entropy:F2}  explained var. {value.ExplainedVariance,5:F2}"));
    }
}
