using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>Rollouts of an environment whose observations are its step numbers, so that expected rows can be written down.</summary>
public sealed class RolloutCollectorTests
{
    [Test]
    public void Terminated_episodes_need_no_bootstrap_but_the_last_observation_does()
    {
        var (rollouts, episodes) = Collect(truncates: false, environments: 2, steps: 6, times: 1);
        var rollout = rollouts[0];

        Assert.Multiple(() =>
        {
            Assert.That(rollout.Observations, Is.EqualTo(new float[] { 0, 1, 2, 3, 0, 1, 0, 1, 2, 3, 0, 1 }), "one environment after another, without final observations");
            Assert.That(rollout.Terminated, Is.EqualTo(Flags(12, 3, 9)));
            Assert.That(rollout.Ended, Is.EqualTo(Flags(12, 3, 9)));
            Assert.That(rollout.BootstrapRows, Is.EqualTo(new[] { 5, 11 }));
            Assert.That(rollout.BootstrapObservations, Is.EqualTo(new float[] { 2, 2 }));
            Assert.That(episodes, Is.EqualTo(new[] { new Episode(4, 4, false), new Episode(4, 4, false) }));
        });
    }

    [Test]
    public void Truncated_episodes_are_bootstrapped_from_their_final_observation()
    {
        var (rollouts, episodes) = Collect(truncates: true, environments: 1, steps: 6, times: 1);

        Assert.Multiple(() =>
        {
            Assert.That(rollouts[0].Terminated, Is.EqualTo(Flags(6)));
            Assert.That(rollouts[0].Ended, Is.EqualTo(Flags(6, 3)));
            Assert.That(rollouts[0].BootstrapRows, Is.EqualTo(new[] { 3, 5 }));
            Assert.That(rollouts[0].BootstrapObservations, Is.EqualTo(new float[] { 4, 2 }), "the final observation is 4; the next row's, after the reset, would be 0");
            Assert.That(episodes, Is.EqualTo(new[] { new Episode(4, 4, true) }));
        });
    }

    [Test]
    public void A_rollout_continues_where_the_last_one_stopped()
    {
        var (rollouts, _) = Collect(truncates: false, environments: 1, steps: 3, times: 3);

        Assert.That(rollouts.SelectMany(rollout => rollout.Observations), Is.EqualTo(new float[] { 0, 1, 2, 3, 0, 1, 2, 3, 0 }));
        Assert.That(rollouts[1].BootstrapObservations, Is.EqualTo(new float[] { 2 }));
    }

    [Test]
    public void An_episode_that_ends_with_the_rollout_needs_no_observation_of_the_next_one()
    {
        var (rollouts, _) = Collect(truncates: false, environments: 1, steps: 4, times: 2);

        Assert.That(rollouts[0].BootstrapRows, Is.Empty);
        Assert.That(rollouts[1].Observations, Is.EqualTo(new float[] { 0, 1, 2, 3 }));
    }

    [Test]
    public void Targets_use_the_values_of_the_right_observations()
    {
        // V(s) = 10 s, discount 1, lambda 0: the advantage is r + V' - V. Within the episode 1 + 10; at its truncation 1 + V(4) - V(3) = 11
        // where the observation after the reset would give 1 - 30; at the end of the rollout 1 + V(2) - V(1).
        using var run = new Run(truncates: true, environments: 1);
        var rollout = run.Collect(6);
        var targets = TenTimes(rollout, new AdvantageOptions(Discount: 1, Lambda: 0));

        Assert.That(targets.Advantages, Is.All.EqualTo(11));
        Assert.That(targets.Targets, Is.EqualTo(new double[] { 11, 21, 31, 41, 11, 21 }));
        Assert.That(Moments.ExplainedVariance(Moments.Of(targets.Advantages), Moments.Of(targets.Targets)), Is.EqualTo(1), "the targets differ from the values by a constant");
    }

    [Test]
    public void Without_bootstrapping_a_truncated_episode_is_worth_nothing_more()
    {
        using var run = new Run(truncates: true, environments: 1);
        var targets = TenTimes(run.Collect(6), new AdvantageOptions(Discount: 1, Lambda: 0, BootstrapTruncated: false));

        Assert.That(targets.Advantages, Is.EqualTo(new double[] { 11, 11, 11, 1 - 30, 11, 11 }), "the end of the rollout is not the end of an episode");
    }

    [Test]
    public void Staggered_starts_cut_off_first_episodes_at_evenly_spread_steps()
    {
        using var run = new Run(truncates: true, environments: 4, maxEpisodeSteps: 4, staggerStarts: true);
        var rollout = run.Collect(6);
        var observations = rollout.Observations.ToArray();

        Assert.Multiple(() =>
        {
            // The first episode of the first environment is complete; those of the others are cut off after 1, 2 and 3 steps, and later ones are complete.
            Assert.That(observations, Is.EqualTo(new float[] { 0, 1, 2, 3, 0, 1, /**/ 0, 0, 1, 2, 3, 0, /**/ 0, 1, 0, 1, 2, 3, /**/ 0, 1, 2, 0, 1, 2 }));
            Assert.That(rollout.Terminated.ToArray(), Is.All.False);
            Assert.That(Ended(rollout), Is.EqualTo(Flags(24, 3, 6, 10, 13, 17, 20)));
            Assert.That(run.Episodes, Is.EqualTo(Enumerable.Repeat(new Episode(4, 4, true), 3)), "a cut-off episode is not reported");
            Assert.That(Bootstraps(rollout), Is.EquivalentTo(new[] { (3, 4f), (5, 2f), (6, 1f), (10, 4f), (11, 1f), (13, 2f), (17, 4f), (20, 3f), (23, 3f) }));
        });
    }

    [Test]
    public void A_cut_off_episode_is_bootstrapped_even_if_truncated_ones_are_not()
    {
        using var run = new Run(truncates: true, environments: 4, maxEpisodeSteps: 4, staggerStarts: true);
        var rollout = run.Collect(6);
        var targets = TenTimes(rollout, new AdvantageOptions(Discount: 1, Lambda: 0, BootstrapTruncated: false));

        // The environment truncates every episode at its 4th step, at rows 3, 10 and 17; the cuts are at rows 6, 13 and 20.
        Assert.That(targets.Advantages, Is.EqualTo(Enumerable.Range(0, 24).Select(row => row is 3 or 10 or 17 ? 1.0 - 30 : 11)));
    }

    [TestCase(4, false)]
    [TestCase(null, true)]
    public void Starts_are_staggered_only_if_requested_and_the_episode_length_is_known(int? maxEpisodeSteps, bool staggerStarts)
    {
        using var run = new Run(truncates: true, environments: 4, maxEpisodeSteps, staggerStarts);

        Assert.That(run.Collect(6).Observations.ToArray(), Is.EqualTo(Enumerable.Repeat(new float[] { 0, 1, 2, 3, 0, 1 }, 4).SelectMany(row => row)));
    }

    [Test]
    public void The_normalization_is_constant_within_a_rollout_and_includes_its_observations_in_the_next()
    {
        using var run = new Run(truncates: true, environments: 1, normalizer: new ObservationNormalizer(1, 1));
        var first = run.Policy.NetworkInputs(run.Collect(6).Observations).ToArray();
        run.Advance();
        var rollout = run.Collect(3);

        // The observations so far are 0, 1, 2, 3, 0, 1, of mean 7/6 and variance 15/6 - 49/36 = 41/36.
        var deviation = Math.Sqrt(41 / 36.0);
        double[] Normalized(params double[] steps) => [.. steps.Select(step => (step - (7 / 6.0)) / deviation)];
        Assert.Multiple(() =>
        {
            Assert.That(first, Is.EqualTo(new float[] { 0, 1, 2, 3, 0, 1 }));
            Assert.That(rollout.Observations.ToArray(), Is.EqualTo(new float[] { 2, 3, 0 }), "a rollout holds observations as the pipeline gives them");
            Assert.That(run.Policy.NetworkInputs(rollout.Observations).ToArray(), Is.EqualTo(Normalized(2, 3, 0)).Within(1e-6));
            Assert.That(run.Policy.NetworkInputs(rollout.BootstrapObservations).ToArray(), Is.EqualTo(Normalized(4, 1)).Within(1e-6));
        });
    }

    [Test]
    public void Log_probabilities_are_those_of_the_policy_that_acted()
    {
        using var run = new Run(truncates: true, environments: 3);
        var rollout = run.Collect(9);
        var parameters = new double[rollout.Rows * run.Policy.ParameterLength];
        run.Policy.Evaluate(rollout.Observations, parameters);
        double[] expected = [.. Enumerable.Range(0, rollout.Rows).Select(row => run.Policy.Distribution.LogProbability(
            parameters.AsSpan(row * run.Policy.ParameterLength, run.Policy.ParameterLength), [rollout.Action(row)[0]], []))];

        Assert.That(rollout.LogProbabilities.ToArray(), Is.EqualTo(expected), "bit for bit, for any number of rows at once");
        Assert.That(expected, Is.All.LessThan(0));
    }

    [Test]
    public void A_rollout_and_its_history_survive_saving_bit_for_bit()
    {
        using var run = new Run(truncates: true, environments: 2, maxEpisodeSteps: 4, staggerStarts: true);
        var rollout = run.Collect(6);
        var saved = State(rollout);
        var restored = new Rollout(2, 1, 1, 1);
        using (var reader = new BinaryReader(new MemoryStream(saved)))
            restored.RestoreState(reader);

        Assert.That(State(restored), Is.EqualTo(saved));
        Assert.That(restored.CutOff.ToArray(), Has.Some.True);
        Assert.That(restored.Truncated.ToArray(), Has.Some.True);

        static byte[] State(Rollout rollout)
        {
            using var stream = new MemoryStream();
            using var writer = new BinaryWriter(stream);
            rollout.SaveState(writer);
            writer.Flush();
            return stream.ToArray();
        }
    }

    [Test]
    public void Actions_are_stored_as_sampled_and_clipped_for_the_environment()
    {
        TargetEnvironment.LargestAction = 0;
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new TargetEnvironment(), count: 1);
        using var policy = Support.Policies.Create(ActionSpace.Box([-1], [1]), observationLength: 2);
        using var environments = new TransformedVectorEnvironment(view, 1, view, view.Schema[0]);
        var rollout = new Rollout(1, 500, 2, 1);
        rollout.Clear(500);
        var collector = new RolloutCollector(environments, 1, new RandomSource(1));
        collector.Reset();
        collector.Collect(policy, rollout, []);

        Assert.That(rollout.Actions.ToArray().Max(Math.Abs), Is.GreaterThan(1));
        Assert.That(TargetEnvironment.LargestAction, Is.EqualTo(1));
    }

    private static IEnumerable<(int, float)> Bootstraps(Rollout rollout) => rollout.BootstrapRows.ToArray().Zip(rollout.BootstrapObservations.ToArray());

    private static bool[] Ended(Rollout rollout) => [.. Enumerable.Range(0, rollout.Rows).Select(rollout.Ended)];

    // The estimates with V(s) = 10 s.
    private static AdvantageEstimates TenTimes(Rollout rollout, AdvantageOptions options) => AdvantageEstimates.Compute(
        rollout, [.. rollout.Observations.ToArray().Select(step => 10.0 * step)], [.. rollout.BootstrapObservations.ToArray().Select(step => 10.0 * step)], options);

    private static bool[] Flags(int length, params int[] set) => [.. Enumerable.Range(0, length).Select(i => set.Contains(i))];

    private static (IReadOnlyList<Snapshot> Rollouts, IReadOnlyList<Episode> Episodes) Collect(bool truncates, int environments, int steps, int times)
    {
        using var run = new Run(truncates, environments);
        return ([.. Enumerable.Range(0, times).Select(_ => new Snapshot(run.Collect(steps)))], run.Episodes);
    }

    private sealed class Snapshot(Rollout rollout)
    {
        public float[] Observations { get; } = rollout.Observations.ToArray();

        public bool[] Terminated { get; } = rollout.Terminated.ToArray();

        public bool[] Ended { get; } = [.. Enumerable.Range(0, rollout.Rows).Select(rollout.Ended)];

        public int[] BootstrapRows { get; } = rollout.BootstrapRows.ToArray();

        public float[] BootstrapObservations { get; } = rollout.BootstrapObservations.ToArray();
    }

    private sealed class Run : IDisposable
    {
        private readonly TransformedVectorEnvironment _environments;
        private readonly RolloutCollector _collector;
        private readonly Rollout _rollout;
        private readonly StochasticPolicy _policy;
        private readonly ObservationStatistics? _statistics;

        public Run(bool truncates, int environments, int? maxEpisodeSteps = null, bool staggerStarts = false, ObservationNormalizer? normalizer = null)
        {
            Normalizer = normalizer;
            _policy = Support.Policies.Create(ActionSpace.Discrete(2), observationLength: 1, normalizer: normalizer);
            var view = new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(4, truncates, maxEpisodeSteps: maxEpisodeSteps), environments);
            _environments = new TransformedVectorEnvironment(view, environments, view, view.Schema[0]);
            _statistics = normalizer?.CreateStatistics();
            _collector = new RolloutCollector(_environments, 1, new RandomSource(1), staggerStarts);
            _collector.Reset();
            _rollout = new Rollout(environments, 10, 1, 1);
        }

        public ObservationNormalizer? Normalizer { get; }

        public StochasticPolicy Policy => _policy;

        public void Advance()
        {
            Normalizer!.Advance(_statistics!);
            _statistics!.Clear();
        }

        public List<Episode> Episodes { get; } = [];

        public Rollout Collect(int steps)
        {
            _rollout.Clear(steps);
            _collector.Collect(_policy, _rollout, Episodes, _statistics);
            return _rollout;
        }

        public void Dispose()
        {
            _environments.Dispose();
            _policy.Dispose();
        }
    }
}
