using System.Globalization;
using Trpo.Estimators;

namespace Trpo.Examples.Cluster;

/// <summary>A line of progress per tenth of the training.</summary>
internal sealed class TrainingDisplay : IProgress<TrpoIteration>
{
    private const int Lines = 10;

    private int _lines;

    /// <summary>Gets the last iteration; null before the first.</summary>
    public TrpoIteration? Last { get; private set; }

    public void Report(TrpoIteration value)
    {
        Last = value;
        var line = (int)((long)value.Steps * Lines / value.TotalSteps);
        if (line == _lines)
            return;
        _lines = line;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{value.Steps,9:N0} steps  {value.StepsPerSecond,7:N0} steps/s  return {value.MeanReturnOfLast100,5:F1} of at most {Reactor.EpisodeSteps}  rollout {Share(value.Times):P0} of the time"));
    }

    private static double Share(IterationTimes times) => times.Rollout / (times.Rollout + times.Advantages + times.PolicyUpdate + times.ValueFit);
}
