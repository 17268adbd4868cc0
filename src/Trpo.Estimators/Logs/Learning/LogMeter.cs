using Trpo.Estimators.Distributions;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The estimation of the value of a policy on a range of rows. The sums do not depend on the number of threads.</summary>
/// <param name="log">The log.</param>
/// <param name="policies">Copies of the policy, each of which one thread uses at a time.</param>
/// <param name="threads">The threads.</param>
internal sealed class LogMeter(LearningLog log, IReadOnlyList<StochasticPolicy> policies, PartThreads threads)
{
    private const int BlockRows = 2_048;

    private readonly double[][] _logits = [.. policies.Select(_ => Array.Empty<double>())];

    /// <summary>
    /// Computes the sums over the rows from one index up to another. The weight of a row is at most the root of their number (truncated importance sampling, Ionides 2008): without a limit, a single row of a small probability
    /// would choose among policies.
    /// </summary>
    /// <param name="start">The first row.</param>
    /// <param name="end">The row behind the last.</param>
    public LogMeasure Measure(int start, int end)
    {
        var maxWeight = Math.Sqrt(end - start);
        var blocks = new LogMeasure[(end - start + BlockRows - 1) / BlockRows];
        threads.Run(Math.Min(policies.Count, blocks.Length), lane =>
        {
            if (_logits[lane].Length == 0)
                _logits[lane] = new double[BlockRows * log.Rows.ActionCount];
            for (var block = lane; block < blocks.Length; block += policies.Count)
            {
                var first = start + (block * BlockRows);
                blocks[block] = Measure(policies[lane], _logits[lane], maxWeight, first, Math.Min(BlockRows, end - first));
            }
        });
        return BinaryTree.Combine<LogMeasure>(blocks, LogMeasure.Add);
    }

    private LogMeasure Measure(StochasticPolicy policy, double[] logits, double maxWeight, int start, int count)
    {
        var (rows, actions) = (log.Rows, log.Rows.ActionCount);
        policy.Evaluate(rows.Observations.AsSpan(start * rows.Length, count * rows.Length), logits.AsSpan(0, count * actions));
        var (weights, terms, squares, squareRewards, squareSquares, likelihood) = (default(WeightSums), 0.0, 0.0, 0.0, 0.0, 0.0);
        for (var row = 0; row < count; row++)
        {
            var parameters = logits.AsSpan(row * actions, actions);
            var (index, taken) = (start + row, rows.Actions[start + row]);
            var (max, logSum) = Softmax.Normalizer(parameters);
            var (logarithm, reward) = (parameters[taken] - max - logSum, rows.Rewards[start + row]);
            var weight = Math.Min(Math.Exp(logarithm) / rows.Propensities[index], maxWeight);
            var term = weight * reward;
            if (log.Expected.Length > 0)
            {
                var expected = log.Expected.AsSpan(index * actions, actions);
                term -= weight * expected[taken];
                for (var action = 0; action < actions; action++)
                    term += Math.Exp(parameters[action] - max - logSum) * expected[action];
            }

            weights = weights.With(weight, reward);
            terms += term;
            squares += term * term;
            squareRewards += weight * weight * reward;
            squareSquares += weight * weight * reward * reward;
            likelihood += logarithm;
        }

        return new LogMeasure(weights, terms, squares, squareRewards, squareSquares, likelihood);
    }
}
