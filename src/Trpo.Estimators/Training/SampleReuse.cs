using System.Numerics.Tensors;
using Trpo.Estimators.Advantages;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>
/// The rollouts that an update of the policy learns from: the last one, and some before it whose steps count by the importance weights of their
/// actions (Queeney, Paschalidis and Cassandras, "Generalized proximal policy optimization with sample reuse" (2021)). Their advantages are
/// estimated anew, with what followed weighted likewise; that their states are those an earlier policy met is not corrected.
/// </summary>
/// <param name="earlier">How many rollouts before the last are used again.</param>
/// <param name="create">Creates a rollout; the memory of those that are too old is used again.</param>
internal sealed class SampleReuse(int earlier, Func<Rollout> create) : ICheckpointable
{
    /// <summary>The largest importance weight; truncation bounds the variance (Ionides, "Truncated importance sampling" (2008)).</summary>
    public const double LargestWeight = 3;

    private readonly List<Kept> _kept = [];
    private double[]? _logProbabilities;

    /// <summary>The rollout that is being filled, or was filled last.</summary>
    public Rollout Current { get; private set; } = create();

    /// <summary>Starts a rollout of a number of steps in each environment, in place of the oldest one.</summary>
    public Rollout Next(int steps)
    {
        if (_logProbabilities is { } logProbabilities)
        {
            _kept.Insert(0, new Kept(Current, logProbabilities));
            Current = _kept.Count > earlier ? _kept[^1].Rollout : create();
            if (_kept.Count > earlier)
                _kept.RemoveAt(earlier);
            _logProbabilities = null;
        }

        Current.Clear(steps);
        return Current;
    }

    /// <summary>What is learned from: the problem of the policy's update, and the value targets of the current rollout.</summary>
    /// <param name="policy">The policy that acted in the current rollout.</param>
    /// <param name="valueFunction">The value function that advantages are estimated with.</param>
    /// <param name="options">The settings of training.</param>
    /// <param name="entropyBonus">What a nat of <c>-log pi(a|s)</c> counts as reward.</param>
    /// <returns>The problem, with the current rollout's rows, <c>[N]</c>, and behind them those of the earlier ones, the latest first; and the targets, <c>[N]</c>.</returns>
    public (PolicyProblem Problem, ValueTargets Targets) Learn(StochasticPolicy policy, IValueFunction valueFunction, TrpoOptions options, double entropyBonus)
    {
        // The policy is what it makes of an observation now, with the statistics of now.
        foreach (var (rollout, _) in _kept)
        {
            if (policy.Normalizer is { } normalizer)
                rollout.Normalize(normalizer);
        }

        Rollout[] rollouts = [Current, .. _kept.Select(kept => kept.Rollout)];
        var observations = rollouts.Length == 1 ? Current.ObservationMemory : Observations(rollouts);
        var actions = Actions(rollouts);
        var logProbabilities = earlier == 0 && entropyBonus == 0 ? [] : LogProbabilities(policy, observations.Span, actions, rollouts.Sum(rollout => rollout.Rows));
        var bonuses = Bonuses(logProbabilities, entropyBonus);
        var weights = earlier == 0 ? [] : Weights(logProbabilities);

        var targets = new ValueTargets(Current, valueFunction, options, bonuses.IsEmpty ? [] : bonuses[..Current.Rows]);
        double[] advantages = [.. targets.Advantages, .. EarlierAdvantages(valueFunction, options, bonuses, weights)];
        if (options.NormalizeAdvantages)
            Standardization.Apply(advantages);
        if (earlier > 0)
            TensorPrimitives.Multiply(advantages, weights, advantages);
        return (new PolicyProblem(policy, observations, actions, advantages, options.FisherFraction), targets);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        Current.SaveState(writer);
        writer.Write(_logProbabilities is not null);
        writer.WriteSpan<double>(_logProbabilities);
        writer.Write(_kept.Count);
        foreach (var kept in _kept)
        {
            kept.Rollout.SaveState(writer);
            writer.WriteSpan<double>(kept.LogProbabilities);
        }
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Current.RestoreState(reader);
        var learned = reader.ReadBoolean();
        _logProbabilities = LogProbabilitiesOf(learned ? Current.Rows : 0);
        if (!learned)
            _logProbabilities = null;
        _kept.Clear();
        var count = reader.ReadInt32(0, earlier, "The number of earlier rollouts");
        for (var i = 0; i < count; i++)
        {
            var rollout = create();
            rollout.RestoreState(reader);
            _kept.Add(new Kept(rollout, LogProbabilitiesOf(rollout.Rows)));
        }

        double[] LogProbabilitiesOf(int rows)
        {
            var logProbabilities = new double[rows];
            reader.ReadSpan<double>(logProbabilities, "logarithms of probabilities");
            return logProbabilities;
        }
    }

    // What rewards an action for its rarity has the entropy's gradient (Williams and Peng 1991); the entropy itself would be the same for every action.
    private static ReadOnlySpan<double> Bonuses(double[] logProbabilities, double entropyBonus)
    {
        if (entropyBonus == 0)
            return [];
        var bonuses = new double[logProbabilities.Length];
        TensorPrimitives.Multiply(logProbabilities, -entropyBonus, bonuses);
        return bonuses;
    }

    // Rows of the current rollout have the weight 1; how probable its actions were is remembered for later.
    private double[] Weights(double[] logProbabilities)
    {
        _logProbabilities = logProbabilities[..Current.Rows];
        double[] weights = [.. logProbabilities];
        weights.AsSpan(0, Current.Rows).Fill(1);
        var row = Current.Rows;
        foreach (var then in _kept.SelectMany(kept => kept.LogProbabilities))
        {
            weights[row] = Math.Min(Math.Exp(weights[row] - then), LargestWeight);
            row++;
        }

        return weights;
    }

    private List<double> EarlierAdvantages(IValueFunction valueFunction, TrpoOptions options, ReadOnlySpan<double> bonuses, double[] weights)
    {
        var advantages = new List<double>();
        var row = Current.Rows;
        foreach (var (rollout, _) in _kept)
        {
            var traces = weights[row..(row + rollout.Rows)];
            TensorPrimitives.Min(traces, 1, traces);
            advantages.AddRange(new ValueTargets(rollout, valueFunction, options, bonuses.IsEmpty ? [] : bonuses.Slice(row, rollout.Rows), traces).Advantages);
            row += rollout.Rows;
        }

        return advantages;
    }

    private static float[] Observations(Rollout[] rollouts)
    {
        var observations = new float[rollouts.Sum(rollout => rollout.Observations.Length)];
        var place = 0;
        foreach (var rollout in rollouts)
        {
            rollout.Observations.CopyTo(observations.AsSpan(place));
            place += rollout.Observations.Length;
        }

        return observations;
    }

    private static double[] Actions(Rollout[] rollouts)
    {
        var actions = new double[rollouts.Sum(rollout => rollout.Actions.Length)];
        var place = 0;
        foreach (var rollout in rollouts)
        {
            TensorPrimitives.ConvertChecked<float, double>(rollout.Actions, actions.AsSpan(place));
            place += rollout.Actions.Length;
        }

        return actions;
    }

    private static double[] LogProbabilities(StochasticPolicy policy, ReadOnlySpan<float> observations, ReadOnlySpan<double> actions, int rows)
    {
        var parameters = new double[checked(rows * policy.ParameterLength)];
        policy.Evaluate(observations, parameters);
        var logProbabilities = new double[rows];
        for (var row = 0; row < rows; row++)
        {
            var length = actions.Length / rows;
            logProbabilities[row] = policy.Distribution.LogProbability(parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength), actions.Slice(row * length, length), []);
        }

        return logProbabilities;
    }

    /// <summary>A rollout, and how probable its actions were to the policy that took them.</summary>
    private sealed record Kept(Rollout Rollout, double[] LogProbabilities);
}
