using System.Globalization;
using Trpo.Estimators;

namespace TrpoApp._1;

/// <summary>The progress of a training: a line on the console for each tenth.</summary>
public sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int Lines = 10;

    private int _lines;

    /// <inheritdoc />
    public void Report(TrpoIteration value)
    {
        var line = (int)((long)value.Steps * Lines / value.TotalSteps);
        if (line == _lines)
            return;
        _lines = line;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Steps,9:N0} steps  {value.StepsPerSecond,7:N0} steps/s  mean return {value.MeanReturnOfLast100:G4}"));
    }
}
