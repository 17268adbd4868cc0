using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Evaluation;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Evaluation;

/// <summary>Tests of evaluations of rules and of the random policy.</summary>
public sealed class RuleEvaluationTests
{
    private static readonly RuleEvaluationOptions Six = new() { Episodes = 6, Seed = 2 };

    private readonly ReinforcementLearningCatalog _catalog = new MLContext(seed: 1).ReinforcementLearning;

    [Test]
    public void A_rule_plays_the_episodes_of_a_trained_policy()
    {
        var view = _catalog.LoadFromEnvironment(() => new CartPole(), 3);
        var rule = _catalog.Evaluate(observation => observation[2] + observation[3] > 0 ? 1 : 0, view, new RuleEvaluationOptions { Episodes = 8, Seed = 5, Name = "lean" });
        var random = _catalog.EvaluateRandom(view, episodes: 8, seed: 5);
        var difference = rule.Compare(random);

        Assert.That(rule.MeanReturn, Is.GreaterThan(100), "the usual rule for the pole");
        Assert.That(random.MeanReturn, Is.InRange(9, 60));
        Assert.That(rule.Episodes.Select(episode => episode.Seed), Is.EqualTo(random.Episodes.Select(episode => episode.Seed)));
        Assert.That(difference.Mean, Is.EqualTo(rule.MeanReturn - random.MeanReturn).Within(1e-9));
        Assert.That(difference.Interval.Low, Is.GreaterThan(0).And.LessThan(difference.Mean));
        Assert.That((difference.BetterEpisodes, difference.EqualEpisodes, difference.Episodes), Is.EqualTo((8, 0, 8)));
        Assert.That(random.Compare(rule).Mean, Is.EqualTo(-difference.Mean).Within(1e-9));
    }

    [Test]
    public void Results_do_not_depend_on_the_number_of_environments()
    {
        var (one, many) = (Views(1), Views(4));

        Assert.That(_catalog.EvaluateRandom(many, 6, seed: 2).Episodes, Is.EqualTo(_catalog.EvaluateRandom(one, 6, seed: 2).Episodes));
        Assert.That(_catalog.Evaluate(Swing, many, Six).Episodes, Is.EqualTo(_catalog.Evaluate(Swing, one, Six).Episodes));
        Assert.That(_catalog.EvaluateRandom(one, 6, seed: 3).Returns, Is.Not.EqualTo(_catalog.EvaluateRandom(one, 6, seed: 2).Returns));

        Trpo.Estimators.Environments.DataViews.EnvironmentDataView Views(int count) => _catalog.LoadFromEnvironment(() => new TimeLimit(new Pendulum(), 20), count);
        static float[] Swing(float[] observation) => [observation[2] > 0 ? 2 : -2];
    }

    [Test]
    public void Evaluations_of_other_episodes_are_not_compared()
    {
        var view = _catalog.LoadFromEnvironment(() => new CartPole(), 2);

        Assert.That(() => _catalog.EvaluateRandom(view, 3).Compare(_catalog.EvaluateRandom(view, 3, seed: 1)), Throws.ArgumentException.With.Message.Contains("3 of seed 0, and 3 of seed 1"));
        Assert.That(() => _catalog.EvaluateRandom(view, 3).Compare(_catalog.EvaluateRandom(view, 4)), Throws.ArgumentException);
    }

    [Test]
    public void A_rule_that_throws_is_reported_by_name_with_episode_and_step()
    {
        var view = _catalog.LoadFromEnvironment(() => new ScriptedChoice(), 1);
        var calls = 0;
        var exception = Assert.Throws<RuleException>(() => _catalog.Evaluate(_ => ++calls == 6 ? throw new InvalidOperationException("out of ideas") : 0, view, new RuleEvaluationOptions { Episodes = 3, Name = "thermostat" }))!;

        Assert.That(exception.Message, Does.StartWith("The rule 'thermostat' threw InvalidOperationException: out of ideas. It was asked in environment 'Scripted' in episode 1 (seed ").And.EndWith("step 1."));
        Assert.That((exception.Rule, exception.Episode, exception.Step), Is.EqualTo(("thermostat", 1, 1)), "after the four steps of episode 0");
        Assert.That(exception.InnerException, Is.TypeOf<InvalidOperationException>());
    }

    [TestCase(new float[] { 5 }, "answered 5, which is out of bounds: Discrete(3) takes whole numbers from 0 to 2")]
    [TestCase(new float[] { -1 }, "answered -1, which is out of bounds")]
    [TestCase(new[] { 0.5f }, "answered 0.5, which is out of bounds")]
    [TestCase(new[] { float.NaN }, "answered NaN, which is out of bounds")]
    [TestCase(new float[] { 0, 1 }, "answered 2 values, but an action of Discrete(3) has 1")]
    [TestCase(new float[] { 2 }, "answered 'locked', which the environment does not allow in this state")]
    [TestCase(null, "answered null")]
    public void An_answer_that_is_no_action_is_reported(float[]? answer, string message)
    {
        var view = _catalog.LoadFromEnvironment(() => new ScriptedChoice(), 1);

        Assert.That(() => _catalog.Evaluate(_ => answer!, view, new RuleEvaluationOptions { Episodes = 2, Name = "guess" }), Throws.TypeOf<RuleException>().With.Message.Contains($"The rule 'guess' {message}").And.Message.Contains("episode 0").And.Message.Contains("step 0"));
    }

    [Test]
    public void Vectors_out_of_the_bounds_of_a_box_are_reported_by_dimension()
    {
        var view = _catalog.LoadFromEnvironment(() => new TargetEnvironment(), 2);

        Assert.That(() => _catalog.Evaluate(observation => [1.5f], view), Throws.TypeOf<RuleException>().With.Message.Contains("The rule 'rule' answered 1.5, which is out of bounds: Box(1) takes numbers from -1 to 1"));
        Assert.That(_catalog.Evaluate(observation => [observation[0]], view).MeanReturn, Is.Zero, "the target is hit");
    }

    [Test]
    public void A_rule_of_one_choice_is_refused_for_other_actions() => Assert.That(
        () => _catalog.Evaluate(_ => 0, _catalog.LoadFromEnvironment(() => new TargetEnvironment(), 1), new RuleEvaluationOptions { Name = "hold" }), Throws.ArgumentException.With.Message.Contains("The rule 'hold' answers one choice, but environment 'Target' takes Box(1)"));

    [Test]
    public void The_random_policy_takes_allowed_choices_only_and_all_of_them()
    {
        var taken = new List<int>();
        var view = _catalog.LoadFromEnvironment(() => new ScriptedChoice(taken), 1);
        _catalog.EvaluateRandom(view, episodes: 100);

        Assert.That(taken.Distinct().Order(), Is.EqualTo(new[] { 0, 1 }));
        Assert.That(taken.Count(choice => choice == 0), Is.InRange(160, 240), "of 400");
    }

    [Test]
    public void A_cancelled_evaluation_of_a_rule_ends()
    {
        using var source = new CancellationTokenSource();
        var view = _catalog.LoadFromEnvironment(() => new ScriptedChoice(), 1);
        int Rule(float[] observation)
        {
            source.Cancel();
            return 0;
        }

        Assert.That(() => _catalog.Evaluate(Rule, view, new RuleEvaluationOptions { Cancellation = source.Token }), Throws.InstanceOf<OperationCanceledException>());
    }

    // Episodes of four steps with three choices, the last of which is never allowed.
    private sealed class ScriptedChoice(List<int>? taken = null) : IEnvironment
    {
        private int _step;

        public string Name => "Scripted";

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1, "step");

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete("left", "right", "locked");

        public bool Allows(int choice) => choice < 2;

        public void Reset(int? seed, Span<float> observation) => observation[0] = _step = 0;

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            taken?.Add(action.Index);
            observation[0] = ++_step;
            return new StepResult(1, Terminated: _step == 4);
        }
    }
}
