using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>A Markov decision process of random transitions and rewards, with a logging policy and others, whose values are known by dynamic programming.</summary>
internal sealed class MarkovLog
{
    public const int Actions = 3;

    private readonly int _horizon;
    private readonly double _end;
    private readonly double _discount;
    private readonly double[][][] _transitions;
    private readonly double[][] _rewards;
    private readonly double[][] _logging;
    private readonly double[][] _policy;
    private readonly float[][] _observations;

    /// <param name="states">The number of states.</param>
    /// <param name="horizon">The number of steps after which every episode ends.</param>
    /// <param name="distance">The weight of another policy in the mixture that is evaluated; the rest is the logging policy. 0 for the logging policy itself.</param>
    /// <param name="end">The probability that an episode ends at any other step.</param>
    /// <param name="discount">The discount.</param>
    /// <param name="isCoarse">True for an observation of two numbers that does not tell the state, so that the model of the values is wrong; the state as a vector with a 1 otherwise.</param>
    /// <param name="hasEffect">False for rewards and transitions that do not depend on the action, so that all policies have the same value.</param>
    /// <param name="seed">The seed of the process.</param>
    public MarkovLog(int states, int horizon, double distance, double end = 0, double discount = 1, bool isCoarse = false, bool hasEffect = true, ulong seed = 1)
    {
        (_horizon, _end, _discount) = (horizon, end, discount);
        var random = new RandomSource(seed);
        _transitions = Table(states, () => Distribution(states, 2));
        _rewards = [.. Enumerable.Range(0, states).Select(_ => Enumerable.Range(0, Actions).Select(_ => random.NextDouble()).ToArray())];
        _logging = [.. Enumerable.Range(0, states).Select(_ => Distribution(Actions, 0.5))];
        _policy = [.. _logging.Select((logging, state) =>
        {
            var best = Array.IndexOf(_rewards[state], _rewards[state].Max());
            return logging.Select((probability, action) => ((1 - distance) * probability) + (distance * (action == best ? 1 : 0))).ToArray();
        })];
        if (!hasEffect)
        {
            foreach (var state in Enumerable.Range(0, states))
                (_transitions[state], _rewards[state]) = ([.. Enumerable.Repeat(_transitions[state][0], Actions)], [.. Enumerable.Repeat(_rewards[state][0], Actions)]);
        }

        _observations = [.. Enumerable.Range(0, states).Select(state => isCoarse ? new[] { (float)Math.Sin(state), state % 2 } : [.. Enumerable.Range(0, states).Select(other => other == state ? 1f : 0)])];
        Truth = Value(_policy);

        double[][][] Table(int count, Func<double[]> draw) => [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, Actions).Select(_ => draw()).ToArray())];

        double[] Distribution(int count, double scale)
        {
            double[] values = [.. Enumerable.Range(0, count).Select(_ => Math.Exp(scale * random.NextGaussian()))];
            return [.. values.Select(value => value / values.Sum())];
        }
    }

    /// <summary>The value of the policy that is evaluated.</summary>
    public double Truth { get; }

    /// <summary>Draws a log, with the probabilities of the policy.</summary>
    public LoadedLog Draw(int episodes, ulong seed)
    {
        var random = new RandomSource(seed + 1_000_000);
        var (actions, propensities, rewards, observations, policy, starts) = (new List<int>(), new List<double>(), new List<double>(), new List<float>(), new List<double>(), new List<int> { 0 });
        for (var episode = 0; episode < episodes; episode++)
        {
            var state = random.NextInt(_rewards.Length);
            for (var step = 0; step < _horizon; step++)
            {
                var action = Choose(_logging[state], random.NextDouble());
                actions.Add(action);
                propensities.Add(_logging[state][action]);
                rewards.Add(_rewards[state][action] + (0.5 * random.NextGaussian()));
                observations.AddRange(_observations[state]);
                policy.AddRange(_policy[state]);
                if (random.NextDouble() < _end)
                    break;
                state = Choose(_transitions[state][action], random.NextDouble());
            }

            starts.Add(actions.Count);
        }

        var rows = new LoggedRows(Actions, _observations[0].Length) { Actions = [.. actions], Propensities = [.. propensities], Rewards = [.. rewards], Observations = [.. observations] };
        return new LoadedLog(rows, [.. policy], ["a", "b", "c"]) { Episodes = new LoggedEpisodes([.. Enumerable.Range(0, rows.Count)], [.. starts]) };
    }

    /// <summary>Returns the rows of a log.</summary>
    public static Decision[] RowsOf(LoadedLog log)
    {
        var rows = new Decision[log.Rows.Count];
        for (var episode = 0; episode < log.Episodes!.Count; episode++)
        {
            foreach (var row in log.Episodes.Rows(episode))
            {
                rows[row] = new Decision
                {
                    Observation = log.Rows.Observation(row).ToArray(),
                    Action = log.Rows.Actions[row],
                    Probability = log.Rows.Propensities[row],
                    Reward = log.Rows.Rewards[row],
                    Episode = episode,
                    Step = log.Episodes.Steps[row],
                };
            }
        }

        return rows;
    }

    private double Value(double[][] policy)
    {
        var values = new double[_rewards.Length];
        for (var step = 0; step < _horizon; step++)
        {
            values = [.. Enumerable.Range(0, values.Length).Select(state => Enumerable.Range(0, Actions).Sum(action =>
                policy[state][action] * (_rewards[state][action] + (_discount * (1 - _end) * _transitions[state][action].Zip(values, (probability, value) => probability * value).Sum()))))];
        }

        return values.Average();
    }

    private static int Choose(double[] probabilities, double draw)
    {
        var index = 0;
        while (index < probabilities.Length - 1 && draw >= probabilities[index])
            draw -= probabilities[index++];
        return index;
    }
}
