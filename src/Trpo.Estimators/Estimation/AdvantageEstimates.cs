using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Estimation;

/// <summary>Advantages, and the targets of the value function, of the rows of a rollout.</summary>
/// <param name="Advantages">The advantages, not standardized, <c>[N]</c>.</param>
/// <param name="Targets">The returns that the advantages imply, <c>target = advantage + value</c>, <c>[N]</c>.</param>
/// <param name="Rounding">A bound of the rounding error of an advantage or target: those that differ by no more are equal.</param>
internal sealed record AdvantageEstimates(double[] Advantages, double[] Targets, double Rounding)
{
    // The rounding error of a residual r + discount V' - V, and of its part in a sum, beside the largest of the three: less than eight halves of 2^-52.
    private const double ResidualRounding = 1.0 / (1L << 50);

    /// <summary>Computes the estimates segment by segment by <see cref="GeneralizedAdvantageEstimation"/>.</summary>
    /// <param name="rollout">The rollout, <c>N</c> rows.</param>
    /// <param name="values">The value of each observation, <c>[N]</c>.</param>
    /// <param name="bootstrapValues">The value of each of <see cref="Rollout.BootstrapObservations"/>, <c>[B]</c>.</param>
    /// <param name="options">The discount, lambda, scale of rewards, and the worth of a truncated episode.</param>
    /// <param name="bonuses">The bonuses on the rewards, <c>[N]</c>; empty for none.</param>
    /// <param name="valueRounding">The rounding error of a value, 0 or more, beyond that of double precision.</param>
    /// <param name="traces">The trace coefficients of a rollout of an earlier policy, <c>[N]</c> (<see cref="ImportanceWeights.TraceCoefficients"/>); empty for a rollout of the present one.</param>
    public static AdvantageEstimates Compute(
        Rollout rollout, ReadOnlySpan<double> values, ReadOnlySpan<double> bootstrapValues, AdvantageOptions options, ReadOnlySpan<double> bonuses = default, double valueRounding = 0, ReadOnlySpan<double> traces = default)
    {
        var rewards = rollout.Rewards.ToArray();
        if (!bonuses.IsEmpty)
            TensorPrimitives.Add(rewards, bonuses, rewards);
        TensorPrimitives.Multiply(rewards, options.RewardScale, rewards);

        var nextValues = NextValues(rollout, values, bootstrapValues);
        var advantages = new double[rollout.Rows];
        var (noBootstrap, ended) = (new bool[rollout.Steps], new bool[rollout.Steps]);
        for (var e = 0; e < rollout.EnvironmentCount; e++)
        {
            // No value follows a terminal state, nor a truncation that is not bootstrapped; an episode that training cut off would have continued.
            var segment = rollout.Segment(e);
            Or(segment.Terminated, segment.Truncated, noBootstrap);
            Or(noBootstrap, segment.CutOff, ended);
            GeneralizedAdvantageEstimation.Compute(
                rewards.AsSpan(segment.Rows), values[segment.Rows], nextValues.AsSpan(segment.Rows), options.BootstrapTruncated ? segment.Terminated : noBootstrap, ended,
                options.Discount, options.Lambda, advantages.AsSpan(segment.Rows), traces.IsEmpty ? [] : traces[segment.Rows]);
        }

        var targets = new double[rollout.Rows];
        TensorPrimitives.Add(advantages, values, targets);
        return new AdvantageEstimates(advantages, targets, RoundingOf(rewards, values, nextValues, valueRounding, Math.Min(rollout.Steps, 1 / (1 - (options.Discount * options.Lambda)))));
    }

    private static double RoundingOf(ReadOnlySpan<double> rewards, ReadOnlySpan<double> values, ReadOnlySpan<double> nextValues, double valueRounding, double residuals)
    {
        var largest = Math.Max(Largest(rewards), Math.Max(Largest(values), Largest(nextValues)));

        // The error of a value occurs twice, in its own row and, discounted and with the opposite sign, in the row before: in an advantage such errors add up to two at most.
        var rounding = (residuals * ResidualRounding * largest) + (2 * valueRounding);

        // Numbers that are not finite are not equal.
        return double.IsFinite(rounding) ? rounding : 0;

        static double Largest(ReadOnlySpan<double> numbers) => Math.Abs(TensorPrimitives.MaxMagnitude(numbers));
    }

    private static void Or(ReadOnlySpan<bool> left, ReadOnlySpan<bool> right, Span<bool> either) =>
        TensorPrimitives.BitwiseOr(MemoryMarshal.Cast<bool, byte>(left), MemoryMarshal.Cast<bool, byte>(right), MemoryMarshal.Cast<bool, byte>(either));

    // The value of the observation that follows each row.
    private static double[] NextValues(Rollout rollout, ReadOnlySpan<double> values, ReadOnlySpan<double> bootstrapValues)
    {
        var next = new double[values.Length];
        values[1..].CopyTo(next);
        for (var i = 0; i < bootstrapValues.Length; i++)
            next[rollout.BootstrapRows[i]] = bootstrapValues[i];
        return next;
    }
}
