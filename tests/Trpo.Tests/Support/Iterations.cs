using Trpo.Estimators;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Support;

/// <summary>Iterations of a run that never took place.</summary>
internal static class Iterations
{
    public const int StepsEach = 500;

    /// <summary>An iteration of a healthy run: returns rise to 200 and stay, entropy falls slowly.</summary>
    public static TrpoIteration Healthy(int number, int count = 100)
    {
        var progress = Math.Min(1, 2.0 * number / count);
        return new TrpoIteration
        {
            Iteration = number,
            Steps = number * StepsEach,
            TotalSteps = count * StepsEach,
            Elapsed = TimeSpan.FromSeconds(0.25 * number),
            Returns = [200 * progress, 200 * progress],
            MeanReturn = (200 * progress) + (20 * (number % 3)),
            MeanReturnOfLast100 = 200 * progress,
            MeanEpisodeLength = 200 * progress,
            Update = Accepted(0.009),
            MaxKl = 0.01,
            Entropy = 0.69 - (0.3 * number / count),
            ExplainedVariance = 0.5 + (0.4 * progress),
            ValueLoss = 1.5,
            Times = new IterationTimes(TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(80)),
        };
    }

    public static IEnumerable<TrpoIteration> HealthyRun(int count = 100) => Enumerable.Range(1, count).Select(number => Healthy(number, count));

    public static TrustRegionStep Accepted(double kl) => new()
    {
        Outcome = TrustRegionOutcome.Accepted,
        StepFraction = 1,
        MeanKl = kl,
        Improvement = 0.018,
        ExpectedImprovement = 0.02,
        GradientNorm = 0.5,
        ConjugateGradient = new ConjugateGradientResult(ConjugateGradientOutcome.Converged, 6, 0.0001, 0.02),
        Trials = 1,
    };

    public static TrustRegionStep Rejected(TrustRegionOutcome outcome = TrustRegionOutcome.NoImprovement) => Accepted(0) with
    {
        Outcome = outcome,
        StepFraction = 0,
        Improvement = 0,
        ExpectedImprovement = 0,
        Trials = 10,
    };
}
