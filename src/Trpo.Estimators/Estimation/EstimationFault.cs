using System.Globalization;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Estimation;

/// <summary>Search for the first number of an estimation that is infinite or not a number, in the order in which they are computed. The search runs only once one is known not to be finite.</summary>
internal static class EstimationFault
{
    private const string Advice = "Scale the rewards down, by RewardScale for example, until returns can be held.";

    /// <summary>Describes the first number that is not finite, as the end of a sentence and advice; returns null if all are finite.</summary>
    /// <param name="rollout">The rollout, <c>N</c> rows.</param>
    /// <param name="values">The value of each observation, <c>[N]</c>.</param>
    /// <param name="bootstrapValues">The value of each of <see cref="Rollout.BootstrapObservations"/>, <c>[B]</c>.</param>
    /// <param name="options">The settings that the estimates were computed with.</param>
    /// <param name="bonuses">The bonuses on the rewards, <c>[N]</c>; empty for none.</param>
    /// <param name="estimates">The estimates.</param>
    /// <param name="valueFunction">The name of the value function in messages.</param>
    public static string? Find(
        Rollout rollout, ReadOnlySpan<double> values, ReadOnlySpan<double> bootstrapValues, AdvantageOptions options, ReadOnlySpan<double> bonuses, AdvantageEstimates estimates, string valueFunction)
    {
        for (var row = 0; row < rollout.Rows; row++)
        {
            if (!double.IsFinite(values[row]))
                return Value(rollout, row, values[row], "an observation", valueFunction);
            var bonus = bonuses.IsEmpty ? 0 : bonuses[row];
            if (!double.IsFinite((rollout.Rewards[row] + bonus) * options.RewardScale))
                return string.Create(CultureInfo.InvariantCulture, $"the reward {rollout.Rewards[row]:G6}{(bonuses.IsEmpty ? "" : $", with an entropy bonus of {bonus.ToString("G6", CultureInfo.InvariantCulture)},")} times the RewardScale of {options.RewardScale:G6} overflows {Where(rollout, row)}. Lower EntropyBonus or RewardScale.");
        }

        for (var i = 0; i < bootstrapValues.Length; i++)
        {
            if (!double.IsFinite(bootstrapValues[i]))
                return Value(rollout, rollout.BootstrapRows[i], bootstrapValues[i], "the observation that follows", valueFunction);
        }

        // The advantage of a row contains those of later rows, so that the last one is the first to overflow.
        for (var row = rollout.Rows - 1; row >= 0; row--)
        {
            if (!double.IsFinite(estimates.Advantages[row]))
                return string.Create(CultureInfo.InvariantCulture, $"the advantage is {estimates.Advantages[row]} {Where(rollout, row)}: the reward there is {rollout.Rewards[row]:G6}, the value {values[row]:G6}, and their sum over the steps overflows. {Advice}");
            if (!double.IsFinite(estimates.Targets[row]))
                return string.Create(CultureInfo.InvariantCulture, $"the value target is {estimates.Targets[row]} {Where(rollout, row)}: the sum of the advantage {estimates.Advantages[row]:G6} and the value {values[row]:G6} overflows. {Advice}");
        }

        return null;
    }

    private static string Value(Rollout rollout, int row, double value, string observation, string valueFunction) =>
        string.Create(CultureInfo.InvariantCulture, $"{valueFunction} gave {observation} the value {value} {Where(rollout, row)}. Check its Predict and its Fit, if it is your own; otherwise scale rewards and observations.");

    private static string Where(Rollout rollout, int row) =>
        string.Create(CultureInfo.InvariantCulture, $"at step {(row % rollout.Steps) + 1} of the iteration in environment {row / rollout.Steps}");
}
