using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>Keeps what is said about a run when it has ended.</summary>
internal sealed class TrainingLog(double solved) : IProgress<TrpoIteration>
{
    /// <summary>The last iteration; null where none was left to train.</summary>
    public TrpoIteration? Last { get; private set; }

    /// <summary>The steps after which the mean return of the last 100 episodes first counted as solved, or null.</summary>
    public int? SolvedAt { get; private set; }

    public void Report(TrpoIteration value)
    {
        Last = value;
        if (value.MeanReturnOfLast100 >= solved)
            SolvedAt ??= value.Steps;
    }
}
