using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>Several shards, compared with one batch of all their rows up to rounding, and their copies, which stay equal bit for bit.</summary>
public sealed class ShardGroupTests
{
    private const int Steps = 40;

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(5)]
    public void The_policy_problem_of_several_shards_is_that_of_all_rows(int shards)
    {
        using var group = new Group(shards);
        group.Collect();
        var sharded = group.Shards.BeginPolicyUpdate();
        var whole = group.WholeProblem();
        var (gradient, expected) = (new double[sharded.Length], new double[sharded.Length]);
        var (objective, expectedObjective) = (sharded.Gradient(gradient), whole.Gradient(expected));
        Assert.That(objective, Is.EqualTo(expectedObjective).Within(1e-9));
        Assert.That(sharded.Entropy, Is.EqualTo(whole.Entropy).Within(1e-9));
        Assert.That(gradient, Is.EqualTo(expected).Within(1e-6));

        var vector = TestNetworks.Gaussians(new RandomSource(1), sharded.Length);
        sharded.FisherProduct(vector, gradient);
        whole.FisherProduct(vector, expected);
        Assert.That(gradient, Is.EqualTo(expected).Within(1e-5));
    }

    [TestCase(2)]
    [TestCase(3)]
    public void An_update_and_a_fit_leave_all_copies_equal(int shards)
    {
        using var group = new Group(shards);
        for (var iteration = 0; iteration < 3; iteration++)
        {
            group.Collect();
            var problem = group.Shards.BeginPolicyUpdate();
            Assert.That(new TrustRegionOptimizer().Step(problem).Outcome, Is.EqualTo(TrustRegionOutcome.Accepted));
            Assert.That(double.IsFinite(group.Shards.FitValueFunction()), Is.True);
        }

        float[] observation = [0.1f, 0.2f, 0.3f];
        Assert.That(group.Policies.Select(policy => Parameters(policy.CopyTo, policy.Length)), Is.All.EqualTo(Parameters(group.Policies[0].CopyTo, group.Policies[0].Length)));
        Assert.That(group.Policies.Select(policy => policy.NetworkInputs(observation).ToArray()), Is.All.EqualTo(group.Policies[0].NetworkInputs(observation).ToArray()));
        Assert.That(group.Values.Select(Value), Is.All.EqualTo(Value(group.Values[0])));
        Assert.That(group.Policies[0].NetworkInputs(observation).ToArray(), Is.Not.EqualTo(observation), "the normalizer has advanced");

        double Value(ValueNetwork network)
        {
            var value = new double[1];
            network.Predict(observation, value);
            return value[0];
        }
    }

    [TestCase(2)]
    [TestCase(3)]
    public void Equal_shards_give_equal_bits(int shards)
    {
        var (once, again) = (Train(), Train());

        Assert.That(again, Is.EqualTo(once));

        double[] Train()
        {
            using var group = new Group(shards);
            group.Collect();
            new TrustRegionOptimizer().Step(group.Shards.BeginPolicyUpdate());
            return Parameters(group.Policies[0].CopyTo, group.Policies[0].Length);
        }
    }

    [Test]
    public void A_custom_baseline_fits_the_rows_of_all_shards_in_their_order()
    {
        var baseline = new RecordingBaseline();
        using var group = new Group(3, baseline);
        group.Collect();
        group.Shards.FitValueFunction();

        Assert.That(baseline.Observations, Is.EqualTo(group.Parts.SelectMany(shard => shard.GetRows().ValueInputs.ToArray())));
        Assert.That(baseline.Targets, Is.EqualTo(group.Parts.SelectMany(shard => shard.GetRows().Targets.ToArray())));
        Assert.That(baseline.Targets, Has.Length.EqualTo(3 * 2 * Steps));
    }

    [Test]
    public void A_rollout_that_was_stopped_continues_where_it_stopped()
    {
        using var whole = new Group(2);
        whole.Collect();
        using var pieces = new Group(2);
        pieces.Shards.BeginIteration(Steps);
        var (asked, paused) = (0, 0);
        while (!pieces.Shards.Collect(() => ++asked % 3 != 0, () => ++paused % 7 == 0))
        {
        }

        pieces.Shards.Estimate(0);
        Assert.That(asked, Is.GreaterThan(6), "the rollout was stopped before its end");
        Assert.That(pieces.Parts.Select(shard => shard.GetRows().Observations.ToArray()), Is.EqualTo(whole.Parts.Select(shard => shard.GetRows().Observations.ToArray())));
        Assert.That(pieces.Parts.Select(shard => shard.GetRows().Targets.ToArray()), Is.EqualTo(whole.Parts.Select(shard => shard.GetRows().Targets.ToArray())));
    }

    [Test]
    public void Collection_by_several_shards_allocates_nothing_for_a_step()
    {
        using var group = new Group(2);
        Collected(20);

        Assert.That(Collected(130), Is.EqualTo(Collected(20)), "130 steps of four environments, in their first episodes, and 20");

        long Collected(int steps)
        {
            group.Shards.BeginIteration(steps);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.That(group.Shards.Collect(() => true, () => false), Is.True);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Test]
    public void A_restored_group_continues_like_the_one_that_was_saved()
    {
        using var group = new Group(3);
        Update(group);
        var content = new CheckpointContent();
        group.Shards.Save(content);
        using var restored = new Group(3);
        restored.Shards.Restore(content);

        foreach (var (saved, copy) in group.Policies.Zip(restored.Policies))
            Assert.That(Parameters(copy.CopyTo, copy.Length), Is.EqualTo(Parameters(saved.CopyTo, saved.Length)));
        Assert.That(restored.Policies.Select(policy => policy.NetworkInputs([1, 2, 3]).ToArray()), Is.All.EqualTo(group.Policies[0].NetworkInputs([1, 2, 3]).ToArray()));
        Assert.That(restored.Values.Select(State), Is.All.EqualTo(State(group.Values[0])));
        Assert.That(restored.Parts.Select(shard => shard.GetRows().Observations.ToArray()), Is.EqualTo(group.Parts.Select(shard => shard.GetRows().Observations.ToArray())));

        static byte[] State(ValueNetwork network)
        {
            using var stream = new MemoryStream();
            network.SaveState(new BinaryWriter(stream));
            return stream.ToArray();
        }
    }

    private static void Update(Group group)
    {
        group.Collect();
        new TrustRegionOptimizer().Step(group.Shards.BeginPolicyUpdate());
        group.Shards.FitValueFunction();
    }

    private static double[] Parameters(Action<Span<double>> copy, int length)
    {
        var parameters = new double[length];
        copy(parameters);
        return parameters;
    }

    private sealed class Group : IDisposable
    {
        private readonly List<TransformedVectorEnvironment> _environments = [];

        public Group(int shards, IValueFunction? baseline = null)
        {
            var view = new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new Pendulum(), count: 2);
            for (var i = 0; i < shards; i++)
            {
                _environments.Add(new TransformedVectorEnvironment(view, 2, view, view.Schema[0]));
                Policies.Add(Support.Policies.Create(view.ActionSpace, observationLength: 3, normalizer: new ObservationNormalizer(3, 3)));
                Values.Add(new ValueNetwork(3, [8], Activation.Tanh, new() { FisherFraction = 1 }, new RandomSource(5)));
                Parts.Add(new Shard(_environments[i], Policies[i], baseline ?? Values[i], new RandomSource((ulong)i), 1, new() { Capacity = Steps, Advantages = new AdvantageOptions(0.9, 0.9) }));
            }

            Shards = new ShardGroup(Parts, baseline ?? Values[0], normalizeAdvantages: true);
            Shards.ResetEnvironments();
        }

        public ShardGroup Shards { get; }

        public List<Shard> Parts { get; } = [];

        public List<StochasticPolicy> Policies { get; } = [];

        public List<ValueNetwork> Values { get; } = [];

        public void Collect()
        {
            Shards.BeginIteration(Steps);
            Assert.That(Shards.Collect(() => true), Is.True);
            Shards.Estimate(entropyCoefficient: 0);
        }

        /// <summary>Creates one problem of the rows of all shards, with advantages that are standardized together.</summary>
        public PolicyProblem WholeProblem()
        {
            double[] advantages = [.. Parts.SelectMany((shard, i) =>
            {
                var values = new double[shard.RowCount];
                Values[i].Predict(shard.GetRows().ValueInputs.Span, values);
                return shard.GetRows().Targets.ToArray().Zip(values, (target, value) => target - value);
            })];
            Standardization.Of(advantages).Apply(advantages);
            return new PolicyProblem(
                Support.Policies.Create(Trpo.Runtime.Spaces.ActionSpace.Box([-2], [2]), observationLength: 3, normalizer: new ObservationNormalizer(3, 3)),
                Parts.SelectMany(shard => shard.GetRows().Observations.ToArray()).ToArray(),
                [.. Parts.SelectMany(shard => shard.Rollout.Actions.ToArray()).Select(action => (double)action)],
                advantages, fisherFraction: 1);
        }

        public void Dispose()
        {
            foreach (var disposable in Policies.Concat<IDisposable>(Values).Concat(_environments))
                disposable.Dispose();
        }
    }

    private sealed class RecordingBaseline : IValueFunction
    {
        public float[] Observations { get; private set; } = [];

        public double[] Targets { get; private set; } = [];

        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Clear();

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
        {
            (Observations, Targets) = (observations.ToArray(), targets.ToArray());
            return 0;
        }
    }
}
