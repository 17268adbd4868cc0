using System.Text.Json;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Runtime.Randomness;

namespace Trpo.Results.Logs;

/// <summary>The generator of tests/Trpo.Tests/Fixtures/off-policy/generator.json: ten actions whose chance of a reward depends on five numbers, logged by a policy that prefers bad ones.</summary>
internal sealed class SyntheticLog
{
    private const int Length = 5;

    private readonly double[] _context;
    private readonly double[] _action;
    private readonly double[][] _interaction;
    private readonly double _mean;
    private readonly double _deviation;
    private readonly double _beta;

    private SyntheticLog(JsonElement root, double? beta)
    {
        _context = root.GetProperty("contextCoefficients").Deserialize<double[]>()!;
        _action = root.GetProperty("actionCoefficients").Deserialize<double[]>()!;
        _interaction = root.GetProperty("interaction").Deserialize<double[][]>()!;
        (_mean, _deviation, _beta) = (root.GetProperty("logitMean").GetDouble(), root.GetProperty("logitDeviation").GetDouble(), beta ?? root.GetProperty("beta").GetDouble());
        Truth = root.GetProperty("truth").GetProperty("softmax3q").GetDouble();
    }

    public const int Actions = 10;

    /// <summary>The worth of the policy softmax(3 q).</summary>
    public double Truth { get; }

    /// <summary>Reads the generator.</summary>
    /// <param name="beta">The logging policy is softmax(beta q): the further from 3, the less it has in common with softmax(3 q). Null for that of the file, -3.</param>
    public static SyntheticLog Load(double? beta = null)
    {
        using var file = typeof(SyntheticLog).Assembly.GetManifestResourceStream("generator.json")!;
        using var document = JsonDocument.Parse(file);
        return new SyntheticLog(document.RootElement, beta);
    }

    /// <summary>Draws a log, with the probabilities of softmax(3 q). Without an effect, rewards do not depend on actions, and all policies have the same worth.</summary>
    public LoadedLog Draw(int rows, ulong seed, bool hasEffect = true)
    {
        var random = new RandomSource(seed);
        var (actions, propensities, rewards, observations, policy) = (new int[rows], new double[rows], new double[rows], new float[rows * Length], new double[rows * Actions]);
        for (var i = 0; i < rows; i++)
        {
            var context = observations.AsSpan(i * Length, Length);
            foreach (ref var value in context)
                value = (float)random.NextGaussian();
            var worth = Worth(context);
            var logging = Softmax(worth, _beta);
            actions[i] = Choose(logging, random.NextDouble());
            propensities[i] = logging[actions[i]];
            rewards[i] = random.NextDouble() < (hasEffect ? worth[actions[i]] : 0.5) ? 1 : 0;
            Softmax(worth, 3).CopyTo(policy, i * Actions);
        }

        var log = new LoggedRows(Actions, Length) { Actions = actions, Propensities = propensities, Rewards = rewards, Observations = observations };
        return new LoadedLog(log, policy, [.. Enumerable.Range(0, Actions).Select(action => $"{action}")]);
    }

    /// <summary>Computes the chance of a reward of each action.</summary>
    public double[] Worth(ReadOnlySpan<float> context)
    {
        double[] x = [1, .. context.ToArray().Select(value => (double)value)];
        return [.. Enumerable.Range(0, Actions).Select(action =>
        {
            var logit = x.Zip(_context, (a, b) => a * b).Sum() + _action[0] + _action[action + 1] + x.Select((value, i) => value * (_interaction[i][0] + _interaction[i][action + 1])).Sum();
            return 1 / (1 + Math.Exp(-(logit - _mean) / _deviation));
        })];
    }

    private static double[] Softmax(double[] values, double scale)
    {
        double[] exponentials = [.. values.Select(value => Math.Exp(scale * value))];
        var sum = exponentials.Sum();
        return [.. exponentials.Select(value => value / sum)];
    }

    private static int Choose(double[] probabilities, double draw)
    {
        for (var action = 0; action < probabilities.Length - 1; action++)
        {
            draw -= probabilities[action];
            if (draw < 0)
                return action;
        }

        return probabilities.Length - 1;
    }
}
