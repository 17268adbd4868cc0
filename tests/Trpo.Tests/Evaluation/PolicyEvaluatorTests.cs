using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Evaluation;

/// <summary>Tests of the evaluation of policies.</summary>
public sealed class PolicyEvaluatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_multi_discrete_policy_takes_the_actions_of_its_table()
    {
        var played = new List<string>();
        var result = Evaluate(LiteralPolicies.Controls, LiteralPolicies.Controls, played);

        Assert.That(result.Returns, Is.All.EqualTo(8), "two values in each of four steps");
        Assert.That(played.Take(4), Is.EqualTo(new[] { "1 0", "2 1", "0 1", "2 0" }));
    }

    [Test]
    public void A_multi_binary_policy_takes_the_actions_of_its_table()
    {
        var played = new List<string>();
        var result = Evaluate(LiteralPolicies.Switches, LiteralPolicies.Switches, played);

        Assert.That(result.Returns, Is.All.EqualTo(12), "three values in each of four steps");
        Assert.That(played.Take(4), Is.EqualTo(new[] { "1 0 1", "0 1 0", "1 1 1", "0 0 0" }));
    }

    [Test]
    public void A_policy_with_another_action_space_than_the_environment_is_refused()
    {
        ActionSpace[] others =
        [
            ActionSpace.MultiDiscrete([2, 3]), ActionSpace.MultiDiscrete([3, 3]), ActionSpace.MultiDiscrete([2, 2, 1]), ActionSpace.MultiDiscrete([5]),
            ActionSpace.MultiBinary(5), ActionSpace.MultiBinary(2), ActionSpace.Discrete(5), ActionSpace.Box([0, 0], [2, 1]),
        ];

        Assert.Multiple(() =>
        {
            foreach (var other in others)
                Assert.That(() => Evaluate(LiteralPolicies.Controls, other, []), Throws.ArgumentException.With.Message.Contains($"The policy's actions are MultiDiscrete(3, 2), but environment 'Table' takes {other}"));
            Assert.That(() => Evaluate(LiteralPolicies.Switches, ActionSpace.MultiBinary(4), []), Throws.ArgumentException);
            Assert.That(() => Evaluate(LiteralPolicies.Controls, ActionSpace.MultiDiscrete([3, 2]), []), Throws.Nothing, "the names may differ");
        });
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Each_episode_has_its_seed_and_its_end(int environments)
    {
        using var transformer = new PolicyTransformer(LiteralPolicies.Of(LiteralPolicies.Controls).Onnx, new());
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new SeedEnvironment(), environments);
        var seeds = new RandomSource(7);
        var expected = Enumerable.Range(0, 12).Select(index => (index, seed: seeds.NextSeed())).Select(episode =>
            new EpisodeResult(episode.index, episode.seed, Return: 2 * SeedEnvironment.LengthOf(episode.seed), SeedEnvironment.LengthOf(episode.seed), SeedEnvironment.Terminates(episode.seed))).ToArray();
        var listener = new EpisodeListener();

        var result = _ml.ReinforcementLearning.Evaluate(transformer, view, episodes: 12, seed: 7, progress: listener);

        Assert.That(result.Episodes, Is.EqualTo(expected));
        Assert.That(result.Seed, Is.EqualTo(7));
        Assert.That(listener.Heard, Is.EquivalentTo(expected));
        Assert.That(result.Lengths, Is.EqualTo(expected.Select(episode => episode.Length)));
        Assert.That(result.Returns, Is.EqualTo(expected.Select(episode => episode.Return)));
        Assert.That(result.TerminatedEpisodes, Is.EqualTo(expected.Count(episode => SeedEnvironment.Terminates(episode.Seed))).And.InRange(1, 11));
        Assert.That(result.TruncatedEpisodes, Is.EqualTo(12 - result.TerminatedEpisodes));
    }

    [TestCase(2, false)]
    [TestCase(3, true)]
    [TestCase(4, true)]
    public void A_terminal_state_at_the_step_of_the_time_limit_is_a_termination(int limit, bool terminated)
    {
        using var transformer = Support.Policies.Transformer(ActionSpace.Discrete("stay", "go"), observationLength: 1);
        var scripted = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new ScriptedEnvironment(ObservationSpace.Unbounded(1), [0], [1], [2], [3]), limit));

        var result = _ml.ReinforcementLearning.Evaluate(transformer, scripted, episodes: 5);

        Assert.That((result.TerminatedEpisodes, result.TruncatedEpisodes), Is.EqualTo(terminated ? (5, 0) : (0, 5)));
        Assert.That(result.Episodes.Select(episode => (episode.Terminated, episode.Truncated, episode.Length)), Is.All.EqualTo((terminated, !terminated, Math.Min(limit, 3))));
    }

    [Test]
    public void Actions_are_deterministic_or_drawn_by_the_selection()
    {
        using var policy = new PolicyTransformer(LiteralPolicies.Of(LiteralPolicies.Controls).Onnx, new());
        using var sampling = policy.With(ActionSelection.Sample(seed: 5));
        var table = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TableEnvironment(LiteralPolicies.Controls));

        var mode = _ml.ReinforcementLearning.Evaluate(policy, table, episodes: 400);
        var drawn = _ml.ReinforcementLearning.Evaluate(policy, table, episodes: 400, selection: ActionSelection.Sample(seed: 5));

        Assert.That(mode.Selection, Is.EqualTo(ActionSelection.Mode));
        Assert.That(mode.Returns, Is.All.EqualTo(8));
        Assert.That(drawn.Selection, Is.EqualTo(ActionSelection.Sample(seed: 5)));
        Assert.That(drawn.MeanReturn, Is.EqualTo(0.5 + 0.9 + 0.7 + 0.6 + 0.8 + 0.7 + 0.4 + 0.6).Within(0.3), "the probabilities of the rewarded actions");
        Assert.That(_ml.ReinforcementLearning.Evaluate(sampling, table, episodes: 400).Returns, Is.EqualTo(drawn.Returns), "the selection of the policy");
        Assert.That(_ml.ReinforcementLearning.Evaluate(sampling, table, episodes: 400, selection: ActionSelection.Mode).Returns, Is.EqualTo(mode.Returns));
    }

    [Test]
    public void An_evaluation_can_be_cancelled_between_two_episodes()
    {
        using var cancellation = new CancellationTokenSource();
        using var transformer = new PolicyTransformer(LiteralPolicies.Of(LiteralPolicies.Controls).Onnx, new());
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new SeedEnvironment(), count: 1);
        var listener = new EpisodeListener(_ => cancellation.Cancel());

        Assert.That(() => _ml.ReinforcementLearning.Evaluate(transformer, view, progress: listener, cancellation: cancellation.Token), Throws.TypeOf<OperationCanceledException>());
        Assert.That(listener.Heard, Has.Count.EqualTo(1));
    }

    [Test]
    public void An_evaluation_can_be_cancelled_in_the_middle_of_an_episode()
    {
        using var cancellation = new CancellationTokenSource();
        using var transformer = new PolicyTransformer(LiteralPolicies.Of(LiteralPolicies.Controls).Onnx, new());
        var steps = 0;
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(
            () => new TableEnvironment(LiteralPolicies.Controls, _ =>
            {
                if (++steps == 2)
                    cancellation.Cancel();
                return true;
            }),
            count: 1);

        Assert.That(() => _ml.ReinforcementLearning.Evaluate(transformer, view, cancellation: cancellation.Token), Throws.TypeOf<OperationCanceledException>());
        Assert.That(steps, Is.EqualTo(2), "an episode has four");
    }

    private PolicyEvaluation Evaluate(ActionSpace policy, ActionSpace actions, List<string> played)
    {
        using var transformer = new PolicyTransformer(LiteralPolicies.Of(policy).Onnx, new());
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () => new TableEnvironment(actions, action =>
            {
                played.Add(action);
                return true;
            }),
            count: 1);
        return _ml.ReinforcementLearning.Evaluate(transformer, environment, episodes: 3);
    }

    // The seed says how long an episode is and how it ends; each step is worth 2.
    private sealed class SeedEnvironment : IEnvironment
    {
        private int _seed;
        private int _step;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(4);

        public ActionSpace ActionSpace => LiteralPolicies.Controls;

        public static int LengthOf(int seed) => 1 + (seed % 5);

        public static bool Terminates(int seed) => seed % 3 == 0;

        public void Reset(int? seed, Span<float> observation)
        {
            (_seed, _step) = (seed!.Value, 0);
            observation.Clear();
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            observation.Clear();
            var ended = ++_step == LengthOf(_seed);
            return new StepResult(2, ended && Terminates(_seed), ended && !Terminates(_seed));
        }
    }

    private sealed class EpisodeListener(Action<EpisodeResult>? heard = null) : IProgress<EpisodeResult>
    {
        public List<EpisodeResult> Heard { get; } = [];

        public void Report(EpisodeResult value)
        {
            Heard.Add(value);
            heard?.Invoke(value);
        }
    }
}
