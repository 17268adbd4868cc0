using System.Diagnostics;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Training;

/// <summary>The update of the policy and the fit of the value function. Neither needs what the other changes, so that they may run side by side and come to the same.</summary>
/// <param name="Update">What the policy's update did.</param>
/// <param name="PolicyTime">How long it took.</param>
/// <param name="Loss">The value function's mean squared error after its fit.</param>
/// <param name="ValueTime">How long that took.</param>
internal readonly record struct Improvement(TrustRegionStep Update, TimeSpan PolicyTime, double Loss, TimeSpan ValueTime)
{
    /// <param name="optimizer">What updates the policy.</param>
    /// <param name="problem">The policy's problem.</param>
    /// <param name="valueFunction">What is fitted.</param>
    /// <param name="observations">What it is fitted on, <c>[N, d]</c>.</param>
    /// <param name="targets">What it is fitted to, <c>[N]</c>.</param>
    /// <param name="threads">With 2 or more, it is fitted meanwhile.</param>
    /// <param name="telemetry">Is told of both.</param>
    public static Improvement Make(IPolicyOptimizer optimizer, ITrustRegionProblem problem, IValueFunction valueFunction, ReadOnlyMemory<float> observations, ReadOnlyMemory<double> targets, int threads, TrainingTelemetry telemetry)
    {
        var fit = threads > 1 ? Task.Run(() => Timed(Fit)) : null;
        TrustRegionStep update;
        TimeSpan policyTime;
        try
        {
            (update, policyTime) = Timed(Step);
        }
        catch
        {
            // Nobody may free what is still being computed with. Of two failures, this one counts.
            fit?.ContinueWith(failed => _ = failed.Exception, TaskScheduler.Default).Wait();
            throw;
        }

        var (loss, valueTime) = fit?.GetAwaiter().GetResult() ?? Timed(Fit);
        return new Improvement(update, policyTime, loss, valueTime);

        TrustRegionStep Step()
        {
            using var activity = telemetry.PolicyUpdate();
            return optimizer.Step(problem);
        }

        double Fit()
        {
            using var activity = telemetry.ValueFit();
            return valueFunction.Fit(observations.Span, targets.Span);
        }
    }

    private static (T Result, TimeSpan Time) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        return (work(), Stopwatch.GetElapsedTime(start));
    }
}
