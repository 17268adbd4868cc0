using System.Diagnostics;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Telemetry;

namespace Trpo.Estimators.Training;

/// <summary>The update of the policy and the fit of the value function. The two share no mutable state, so they may run concurrently with identical results.</summary>
/// <param name="Step">The step of the policy.</param>
/// <param name="PolicyTime">The time of the policy's update.</param>
/// <param name="ValueLoss">The value function's mean squared error after its fit.</param>
/// <param name="ValueTime">The time of the fit.</param>
internal readonly record struct ActorCriticUpdate(TrustRegionStep Step, TimeSpan PolicyTime, double ValueLoss, TimeSpan ValueTime)
{
    /// <summary>Updates the policy and fits the value function.</summary>
    /// <param name="optimizer">The optimizer of the policy.</param>
    /// <param name="problem">The policy's problem.</param>
    /// <param name="shards">The shards, which fit the value function, and whose threads decide whether the two run concurrently.</param>
    /// <param name="telemetry">Traces both.</param>
    public static ActorCriticUpdate Run(IPolicyOptimizer optimizer, ITrustRegionProblem problem, ShardGroup shards, TrainingTelemetry telemetry)
    {
        var fit = shards.Threads.FitsBesideUpdate ? Task.Run(() => Timed(Fit)) : null;
        TrustRegionStep step;
        TimeSpan policyTime;
        try
        {
            (step, policyTime) = Timed(Step);
        }
        catch
        {
            // The fit must end before its memory is freed. Of two failures, this one is thrown.
            fit?.ContinueWith(failed => _ = failed.Exception, TaskScheduler.Default).Wait();
            throw;
        }

        var (loss, valueTime) = fit?.GetAwaiter().GetResult() ?? Timed(Fit);
        return new ActorCriticUpdate(step, policyTime, loss, valueTime);

        TrustRegionStep Step()
        {
            using var activity = telemetry.PolicyUpdate();
            return optimizer.Step(problem);
        }

        double Fit()
        {
            using var activity = telemetry.ValueFit();
            return shards.FitValueFunction();
        }
    }

    private static (T Result, TimeSpan Time) Timed<T>(Func<T> work)
    {
        var start = Stopwatch.GetTimestamp();
        return (work(), Stopwatch.GetElapsedTime(start));
    }
}
