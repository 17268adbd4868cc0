using Trpo.Estimators.Baselines;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>A perceptron with an output per action, fitted to the rewards of the logged actions by trust-region steps. The last tenth of the rows chooses the step that is kept.</summary>
/// <param name="hiddenLayers">The widths of the hidden layers.</param>
/// <param name="steps">The number of steps, at least 1.</param>
internal sealed class NetworkRewards(int[] hiddenLayers, int steps) : IRewardModel
{
    private const int MaxRows = 8_192;

    // Of a block: its features, activations and outputs are in memory at once, in some 64 to 128 MiB each.
    private const int MaxValues = 1 << 24;

    /// <inheritdoc/>
    public IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check)
    {
        var scale = FeatureScale.Of(log);
        var model = PerceptronModel.Create(log.Length, hiddenLayers, log.ActionCount, Activation.Tanh, outputGain: 0, new RandomSource((ulong)seed));
        var network = DifferentiableNetwork.For(model);
        var maxRows = MaxRowsOf(log);
        var predictor = new Predictor(network, scale, rows.Sum(row => log.Rewards[row]) / rows.Length, maxRows);
        var fitted = Math.Max(1, rows.Length - (rows.Length / 10));
        var (blocks, optimizer) = (new RowBlocks(fitted, maxRows), new TrustRegionOptimizer(new ValueFunctionOptions().TrustRegion));
        var (best, minError) = (new double[network.Parameters.Length], double.PositiveInfinity);

        // Read once: the objectives of the rows that choose the step, and that of the fitted rows, if each step takes them all.
        RewardObjective[] choosing = fitted < rows.Length ? [.. Objectives(new RowBlocks(rows.Length - fitted, maxRows), fitted)] : [];
        var whole = blocks.Count == 1 ? Objectives(blocks, 0).Single() : null;
        Keep();
        for (var step = 0; step < steps; step++)
        {
            check();
            var block = step % blocks.Count;
            var problem = new ValueProblem([whole ?? predictor.Objective(log, rows.AsSpan(blocks.Start(block), blocks.RowsOf(block)))]);
            if (optimizer.Step(problem).Outcome != TrustRegionOutcome.Accepted && blocks.Count == 1)
                break;
            Keep();
        }

        network.Assign(best);
        return predictor;

        void Keep()
        {
            var error = choosing.Sum(objective => objective.SumErrors());
            if (choosing.Length > 0 && !(error < minError))
                return;
            minError = error;
            network.Parameters.CopyTo(best);
        }

        IEnumerable<RewardObjective> Objectives(RowBlocks parts, int start)
        {
            for (var part = 0; part < parts.Count; part++)
                yield return predictor.Objective(log, rows.AsSpan(start + parts.Start(part), parts.RowsOf(part)));
        }
    }

    /// <summary>Returns the maximum number of rows that are read at once: fewer than 8,192 where a layer is wider than 2,048.</summary>
    public int MaxRowsOf(LoggedRows log) => Math.Clamp(MaxValues / hiddenLayers.Append(log.Length).Append(log.ActionCount).Max(), 1, MaxRows);

    private sealed class Predictor(IDifferentiableNetwork network, FeatureScale scale, double center, int maxRows) : IRewardPredictor
    {
        public RewardObjective Objective(LoggedRows log, ReadOnlySpan<int> rows)
        {
            var (actions, targets) = (new int[rows.Length], new double[rows.Length]);
            for (var i = 0; i < rows.Length; i++)
                (actions[i], targets[i]) = (log.Actions[rows[i]], log.Rewards[rows[i]] - center);
            return new RewardObjective(network, Read(log, rows), actions, targets);
        }

        public void Predict(LoggedRows log, int[] rows, float[] predictions, Action check)
        {
            if (rows.Length == 0)
                return;
            var (blocks, width) = (new RowBlocks(rows.Length, maxRows), log.ActionCount);
            var outputs = new double[blocks.Length * width];
            for (var block = 0; block < blocks.Count; block++)
            {
                check();
                var part = rows.AsSpan(blocks.Start(block), blocks.RowsOf(block));
                network.Evaluate(Read(log, part), outputs.AsSpan(0, part.Length * width));
                for (var i = 0; i < part.Length * width; i++)
                    predictions[(part[i / width] * width) + (i % width)] = (float)(outputs[i] + center);
            }
        }

        public void Dispose() => network.Dispose();

        private float[] Read(LoggedRows log, ReadOnlySpan<int> rows)
        {
            var (features, values) = (new float[rows.Length * log.Length], new double[log.Length + 1]);
            for (var i = 0; i < rows.Length; i++)
            {
                scale.Read(log.Observation(rows[i]), values);
                for (var j = 0; j < log.Length; j++)
                    features[(i * log.Length) + j] = (float)values[j + 1];
            }

            return features;
        }
    }
}
