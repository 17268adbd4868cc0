using System.Numerics.Tensors;
using Trpo.Estimators.Advantages;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>
/// The rollouts that an update of the policy learns from: the last one, and some before it whose steps count by the importance weights of their
/// actions (Queeney, Paschalidis and Cassandras, "Generalized proximal policy optimization with sample reuse" (2021)). Their advantages are
/// estimated anew; that their states are those of an earlier policy is not corrected.
/// </summary>
/// <param name="earlier">How many rollouts before the last are used again.</param>
/// <param name="create">Creates a rollout; the memory of those that are too old is used again.</param>
internal sealed class SampleReuse(int earlier, Func<Rollout> create)
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

    /// <summary>The problem of the policy's update: the current rollout's rows, <c>[N]</c>, and behind them those of the earlier ones, the latest first.</summary>
    /// <param name="policy">The policy that acted in the current rollout.</param>
    /// <param name="valueFunction">The value function that advantages are estimated with.</param>
    /// <param name="targets">The advantages in the current rollout.</param>
    /// <param name="options">The settings of training.</param>
    public PolicyProblem Problem(StochasticPolicy policy, IValueFunction valueFunction, ValueTargets targets, TrpoOptions options)
    {
        // The policy is what it makes of an observation now, with the statistics of now.
        foreach (var (rollout, _) in _kept)
        {
            if (policy.Normalizer is { } normalizer)
                rollout.Normalize(normalizer);
        }

        Rollout[] rollouts = [Current, .. _kept.Select(kept => kept.Rollout)];
        var observations = rollouts.Length == 1 ? Current.ObservationMemory : rollouts.SelectMany(rollout => rollout.Observations.ToArray()).ToArray();
        var actions = Actions(rollouts);
        double[] advantages = [.. targets.Advantages, .. _kept.SelectMany(kept => new ValueTargets(kept.Rollout, valueFunction, options).Advantages.ToArray())];
        if (options.NormalizeAdvantages)
            Standardization.Apply(advantages);
        if (earlier > 0)
            Weigh(advantages, LogProbabilities(policy, observations.Span, actions, advantages.Length));
        return new PolicyProblem(policy, observations, actions, advantages, options.FisherFraction);
    }

    private void Weigh(Span<double> advantages, ReadOnlySpan<double> logProbabilities)
    {
        _logProbabilities = logProbabilities[..Current.Rows].ToArray();
        var row = Current.Rows;
        foreach (var then in _kept.SelectMany(kept => kept.LogProbabilities))
        {
            advantages[row] *= Math.Min(Math.Exp(logProbabilities[row] - then), LargestWeight);
            row++;
        }
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
        var parameters = new double[rows * policy.ParameterLength];
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
