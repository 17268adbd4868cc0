using System.Numerics.Tensors;
using Trpo.Estimators.Advantages;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>Advantages, and the targets of the value function, for the rows of a rollout.</summary>
internal sealed class ValueTargets
{
    private readonly double[] _advantages;
    private readonly double[] _targets;

    /// <param name="rollout">The rollout, <c>[N]</c> rows.</param>
    /// <param name="valueFunction">The value function as it is before it is fitted to the targets.</param>
    /// <param name="options">The discount, lambda, scale of rewards, and what a truncated episode is worth.</param>
    /// <param name="bonuses">What is added to the rewards, <c>[N]</c>; empty for nothing.</param>
    /// <param name="traces">
    /// For the rollout of an earlier policy: how far each row, and what followed it, counts for the rows before it, <c>[N]</c>; empty for the present one's.
    /// </param>
    public ValueTargets(Rollout rollout, IValueFunction valueFunction, TrpoOptions options, ReadOnlySpan<double> bonuses = default, ReadOnlySpan<double> traces = default)
    {
        var rewards = rollout.Rewards.ToArray();
        if (!bonuses.IsEmpty)
            TensorPrimitives.Add(rewards, bonuses, rewards);
        TensorPrimitives.Multiply(rewards, options.RewardScale, rewards);

        // What was cut short would have gone on, whatever a truncation is taken for.
        var worthless = rollout.Terminated.ToArray();
        for (var row = 0; row < worthless.Length && !options.BootstrapTruncated; row++)
            worthless[row] = rollout.Ended[row] && !rollout.Cut[row];

        var values = new double[rollout.Rows];
        valueFunction.Predict(rollout.Observations, values);
        var nextValues = NextValues(rollout, valueFunction, values);

        _advantages = new double[rollout.Rows];
        for (var e = 0; e < rollout.Environments; e++)
        {
            var rows = new Range(rollout.Row(e, 0), rollout.Row(e, 0) + rollout.Steps);
            GeneralizedAdvantageEstimation.Compute(
                rewards.AsSpan(rows), values.AsSpan(rows), nextValues.AsSpan(rows), worthless.AsSpan(rows), rollout.Ended[rows], options.Discount, options.GaeLambda, _advantages.AsSpan(rows), traces.IsEmpty ? [] : traces[rows]);
        }

        _targets = new double[rollout.Rows];
        TensorPrimitives.Add<double>(_advantages, values, _targets);
        var variance = Variance(_targets);
        ExplainedVariance = variance == 0 ? double.NaN : 1 - (Variance(_advantages) / variance);
    }

    /// <summary>The advantages, not standardized, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Advantages => _advantages;

    /// <summary>The returns that the advantages imply, <c>advantage + value</c>, <c>[N]</c>.</summary>
    public ReadOnlySpan<double> Targets => _targets;

    /// <summary>The same, for those who keep it.</summary>
    public ReadOnlyMemory<double> TargetMemory => _targets;

    /// <summary><c>1 - Var(target - value) / Var(target)</c>; NaN where the targets do not vary.</summary>
    public double ExplainedVariance { get; }

    private static double[] NextValues(Rollout rollout, IValueFunction valueFunction, double[] values)
    {
        var next = new double[values.Length];
        values.AsSpan(1).CopyTo(next);
        var bootstraps = new double[rollout.BootstrapRows.Count];
        valueFunction.Predict(rollout.BootstrapObservations, bootstraps);
        for (var i = 0; i < bootstraps.Length; i++)
            next[rollout.BootstrapRows[i]] = bootstraps[i];
        return next;
    }

    private static double Variance(ReadOnlySpan<double> values)
    {
        var mean = TensorPrimitives.Sum(values) / values.Length;
        var variance = 0.0;
        foreach (var value in values)
            variance += (value - mean) * (value - mean);
        return variance / values.Length;
    }
}
