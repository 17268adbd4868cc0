using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>
/// A baseline of the user's own beside a block of shards. It lives in the process that trains, and predicts there what a shard would ask it for, in the same order, from the rollouts in the state that the worker has
/// sent; the worker estimates with the values.
/// </summary>
/// <param name="baseline">The baseline.</param>
/// <param name="policy">The training's own policy, which normalizes as those of all shards do.</param>
/// <param name="setup">What the block is created from.</param>
/// <param name="sizes">The sizes of its rollouts.</param>
internal sealed class RemoteBaseline(IValueFunction baseline, StochasticPolicy policy, BlockSetup setup, RolloutSizes sizes)
{
    private readonly List<double[]> _values = [];
    private readonly List<float[]> _observations = [];
    private readonly List<float[]> _inputs = [];

    /// <summary>Predicts the values of all rows of a state.</summary>
    /// <param name="snapshot">The state of the block after its rollout.</param>
    /// <exception cref="CheckpointException">It is no such state.</exception>
    public void Predict(CheckpointContent snapshot)
    {
        _values.Clear();
        _observations.Clear();
        _inputs.Clear();
        for (var shard = setup.FirstShard; shard < setup.FirstShard + setup.Shards; shard++)
        {
            var environments = EnvironmentRange.First(shard + 1, setup.TotalEnvironments, setup.TotalShards) - EnvironmentRange.First(shard, setup.TotalEnvironments, setup.TotalShards);
            var history = new RolloutHistory(sizes.ReusedIterations, () => new Rollout(environments, capacity: 0, sizes.ObservationLength, sizes.ActionLength));
            snapshot.Restore(ShardStates.NameOf(shard), reader =>
            {
                history.RestoreState(reader);

                // Statistics, random numbers and episodes are behind the rollouts.
                reader.BaseStream.Position = reader.BaseStream.Length;
            });
            Predict(history);
        }
    }

    /// <summary>Writes the predicted values, those of one shard after another.</summary>
    public void Write(BinaryWriter writer)
    {
        foreach (var values in _values)
            writer.WriteSpan<double>(values);
    }

    /// <summary>Reads the value targets of the worker.</summary>
    /// <returns>The rows of the block, those of one shard after another, for the fit.</returns>
    /// <exception cref="IOException">There are other targets than rows.</exception>
    public ShardRows ReadTargets(BinaryReader reader)
    {
        var targets = new List<double>();
        foreach (var inputs in _inputs)
        {
            var ofShard = new double[inputs.Length / sizes.ObservationLength];
            reader.ReadSpan<double>(ofShard, "value targets");
            targets.AddRange(ofShard);
        }

        return new ShardRows(Concatenated(_observations), Concatenated(_inputs), targets.ToArray());
    }

    private void Predict(RolloutHistory history)
    {
        var values = new List<double>();
        _observations.Add(history.Current.Observations.ToArray());
        _inputs.Add(policy.NetworkInputs(history.Current.Observations).ToArray());
        Add(_inputs[^1], history.Current.Rows);
        AddBootstraps(history.Current);
        foreach (var rollout in history.Earlier)
        {
            Add(policy.NetworkInputs(rollout.Observations), rollout.Rows);
            AddBootstraps(rollout);
        }

        _values.Add([.. values]);

        void AddBootstraps(Rollout rollout) => Add(policy.NetworkInputs(rollout.BootstrapObservations), rollout.BootstrapRows.Length);

        void Add(ReadOnlySpan<float> observations, int rows)
        {
            var predicted = new double[rows];
            baseline.Predict(observations, predicted);
            values.AddRange(predicted);
        }
    }

    private static float[] Concatenated(List<float[]> parts) => parts.Count == 1 ? parts[0] : [.. parts.SelectMany(part => part)];
}
