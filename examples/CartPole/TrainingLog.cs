using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>A listener that keeps the numbers for the end of a run.</summary>
internal sealed class TrainingLog(double solved) : IProgress<TrpoIteration>
{
    /// <summary>The last iteration; null if none was left to train.</summary>
    public TrpoIteration? Last { get; private set; }

    /// <summary>The environment steps after which the mean return of the last 100 episodes first counted as solved; null if it did not.</summary>
    public int? SolvedAt { get; private set; }

    public void Report(TrpoIteration value)
    {
        Last = value;
        if (value.MeanReturnOfLast100 >= solved)
            SolvedAt ??= value.Steps;
    }
}
