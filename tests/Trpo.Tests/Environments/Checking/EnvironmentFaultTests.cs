using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests that an environment with exactly one fault, for every fault, gets exactly that finding.</summary>
public sealed class EnvironmentFaultTests
{
    private static readonly WalkEnvironment One = new();

    private static readonly Dictionary<EnvironmentFault, (Func<Func<IEnvironment>> Factory, string[] Texts)> Defects = new()
    {
        [EnvironmentFault.FactoryFailed] = (() => () => throw new TimeoutException("No licence."), ["No licence.", "TimeoutException"]),
        [EnvironmentFault.NoEnvironment] = (() => () => null!, ["null"]),
        [EnvironmentFault.SameEnvironment] = (() => () => One, ["'Walk'", "new WalkEnvironment("]),
        [EnvironmentFault.PropertyMissing] = (() => () => new Faulty { Actions = null }, ["Faulty", "ActionSpace"]),
        [EnvironmentFault.SpacesDiffer] = (Growing, ["'Walk'", "MultiBinary(1)", "MultiBinary(2)"]),
        [EnvironmentFault.ResetFailed] = (() => () => new Faulty { Resetting = seed => _ = seed!.Value }, ["'Walk'", "without a seed"]),
        [EnvironmentFault.StepFailed] = (() => () => new Faulty { Stepped = (step, _, _, _) => throw new TimeoutException($"Too late at {step}.") }, ["'Walk'", "Too late at 1."]),
        [EnvironmentFault.ActionRefused] = (() => () => new Faulty { Stepped = (_, action, _, result) => action == 1 ? throw new TimeoutException("Not to the right.") : result }, ["1 ('right')", "Not to the right."]),
        [EnvironmentFault.NothingAllowed] = (() => () => new Forbidding { Allowing = (steps, _) => steps < 3 }, ["'Walk'", "allows no choice at step 3"]),
        [EnvironmentFault.DisposeFailed] = (() => () => new Faulty { Disposing = () => throw new TimeoutException("Still busy.") }, ["Dispose", "Still busy."]),
        [EnvironmentFault.ObservationInvalid] = (() => () => new Faulty { Observed = (ref float value) => value = float.NaN }, ["NaN", "0 ('position')"]),
        [EnvironmentFault.ObservationOutOfBounds] = (() => () => new Faulty { Observed = (ref float value) => value *= 3 }, ["0 ('position')", "-2 to 2"]),
        [EnvironmentFault.RewardNotFinite] = (() => () => new Faulty { Stepped = (_, _, _, result) => result with { Reward = double.NaN } }, ["reward NaN", "step 1"]),
        [EnvironmentFault.MaxEpisodeStepsWrong] = (() => () => new Forbidding { MaxEpisodeSteps = 10 }, ["continues after step 10 ", "TimeLimit"]),
        [EnvironmentFault.NotRepeatable] = (() => () => new Faulty { Random = new RandomSource((ulong)Random.Shared.NextInt64()), IgnoresSeed = true }, ["at step 0 value 0 ('position') of the observation was"]),
        [EnvironmentFault.ResetIncomplete] = (() => () => new Faulty { KeepsSteps = true }, ["in the middle of an episode", "value 1 ('time')"]),
        [EnvironmentFault.InstancesShareState] = (() => () => new Sharing(), ["at step 1 value 0 ('position') of the observation was"]),
        [EnvironmentFault.EpisodeEndNotSeen] = (() => () => new TimeLimit(new Faulty { Stepped = (_, _, _, result) => result with { Terminated = false, Truncated = false } }, 9_999), ["5000 steps"]),
        [EnvironmentFault.EpisodeEndless] = (() => () => new Faulty { Stepped = (_, _, _, result) => result with { Terminated = false, Truncated = false } }, ["10000 steps", "TimeLimit"]),
        [EnvironmentFault.SeedWithoutEffect] = (() => () => new Deterministic(), ["under each of 7 seeds"]),
        [EnvironmentFault.UnseededResetRepeats] = (() => () => new Forgetful(), ["Reset(null)"]),
        [EnvironmentFault.RewardHuge] = (() => () => new Faulty { Stepped = (_, _, _, result) => result with { Reward = -2e6 * result.Reward } }, ["'Walk'", "-10 to 10"]),
        [EnvironmentFault.RewardConstant] = (() => () => new Faulty { Stepped = (_, _, _, result) => result with { Reward = 0 } }, ["the reward 0 in each of"]),
        [EnvironmentFault.ActionsOutOfReach] = (() => () => new Faulty { Actions = ActionSpace.Box([0], [float.PositiveInfinity], "push") }, ["'push'", "[0, Infinity]"]),
        [EnvironmentFault.ObservationsUnscaled] = (() => () => new Faulty { Observations = ObservationSpace.Unbounded(2, "position", "time"), Observed = (ref float value) => value *= 100 }, ["'position'", "NormalizeMeanVariance"]),
        [EnvironmentFault.StepAllocates] = (() => () => new Faulty { Stepped = (step, _, _, result) => new byte[100].Length == 100 ? result : default }, ["128 bytes"]),
        [EnvironmentFault.ObservationConstant] = (() => () => new LockedWalk(ObservationSpace.Unbounded(3, "position", "time", "key")), ["value 2 ('key') is always 0", "NormalizeObservations"]),
    };

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Is_found_alone([Values] EnvironmentFault fault)
    {
        var (factory, said) = Defects[fault];
        var report = _ml.ReinforcementLearning.CheckEnvironment(factory(), steps: fault == EnvironmentFault.EpisodeEndNotSeen ? 5_000 : 10_000);

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { fault }), report.ToString());
        foreach (var words in said)
            Assert.That(report.Findings[0].Message, Does.Contain(words));
        Assert.That(report.HasErrors, Is.EqualTo(fault < EnvironmentFault.EpisodeEndNotSeen));
    }

    [Test]
    public void State_left_after_the_end_of_an_episode_is_found()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Tired());

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.ResetIncomplete }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("after the end of an episode"));
    }

    [Test]
    public void An_observation_that_is_too_long_is_reported_with_its_length()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Faulty { Observations = ObservationSpace.Box([-2], [2]) });

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.ResetFailed }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("has 1 values, as its ObservationSpace declares"));
    }

    [Test]
    public void A_value_out_of_bounds_by_a_rounding_error_is_not_a_finding()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Faulty { Observed = (ref float value) => value = MathF.BitIncrement(2) });

        Assert.That(report.Findings, Is.Empty, report.ToString());
    }

    [Test]
    public void Each_value_out_of_bounds_is_named()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Faulty { Observations = ObservationSpace.Box([-0.1f, 0], [0.1f, 0.1f], "position", "time") });

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.All.EqualTo(EnvironmentFault.ObservationOutOfBounds).And.Exactly(2).Items, report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("'position'"));
        Assert.That(report.Findings[1].Message, Does.Contain("'time'"));
    }

    [Test]
    public void Exception_of_Allows_is_a_finding()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Forbidding { Allowing = (_, choice) => choice == 0 ? throw new TimeoutException("Nobody knows.") : true });

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.NothingAllowed }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("failed in Allows, at step 0 of its episode: Nobody knows."));
    }

    [Test]
    public void MaxEpisodeSteps_of_0_is_a_finding()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Forbidding { MaxEpisodeSteps = 0 });

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.MaxEpisodeStepsWrong }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("must be at least 1"));
    }

    // The first episode has a seed, all others have none: those are what most of a training consists of.
    [TestCase(30)]
    [TestCase(2_000)]
    public void A_reset_without_a_seed_that_draws_a_new_generator_is_not_repeatable(int length)
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new TimeLimit(new Reborn(length), length));

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.NotRepeatable }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("at step 0 of episode 2, which Reset(null) began,").And.Contain("Reset(null) continues"));
    }

    [Test]
    public void Unseeded_randomness_in_episodes_of_one_step_is_found()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Bandit(isSeeded: false));

        Assert.That(report.Findings.Select(finding => finding.Fault), Is.EqualTo(new[] { EnvironmentFault.NotRepeatable }), report.ToString());
    }

    [Test]
    public void At_most_8_values_of_an_image_are_listed()
    {
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Unscaled(1_000), steps: 100);

        Assert.That(report.Findings.Where(finding => finding.Fault == EnvironmentFault.ObservationOutOfBounds).ToArray(), Has.Length.EqualTo(8));
        Assert.That(report.Findings[7].Message, Does.Contain("value 7 ").And.EndsWith("Further findings of this fault are not listed."));
    }

    // The first has one switch, all others have two.
    private static Func<IEnvironment> Growing()
    {
        var created = 0;
        return () => new Faulty { Actions = ActionSpace.MultiBinary(++created == 1 ? 1 : 2) };
    }

    private delegate void Observing(ref float value);

    private sealed class Faulty : WalkEnvironment, IDisposable
    {
        public ActionSpace? Actions { get; init; } = ActionSpace.Discrete("left", "right");

        public ObservationSpace? Observations { get; init; }

        public bool IgnoresSeed { get; init; }

        public bool KeepsSteps { get; init; }

        public Action<int?>? Resetting { get; init; }

        public Func<int, float, RandomSource, StepResult, StepResult>? Stepped { get; init; }

        public Observing? Observed { get; init; }

        public Action? Disposing { get; init; }

        public new RandomSource Random { get => base.Random; init => base.Random = value; }

        public override ActionSpace ActionSpace => Actions!;

        public override ObservationSpace ObservationSpace => Observations ?? base.ObservationSpace;

        public override void Reset(int? seed, Span<float> observation)
        {
            Resetting?.Invoke(seed);
            var steps = Steps;
            base.Reset(IgnoresSeed ? null : seed, observation);
            if (!KeepsSteps)
                return;
            Steps = steps % Limit;
            Observe(observation);
        }

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            Observed?.Invoke(ref observation[0]);
            return Stepped?.Invoke(Steps, action.Values[0], Random, result) ?? result;
        }

        public void Dispose() => Disposing?.Invoke();
    }

    private sealed class Sharing : WalkEnvironment
    {
        private static readonly RandomSource Shared = new(0);

        public Sharing() => Random = Shared;
    }

    private sealed class Deterministic : WalkEnvironment
    {
        public override void Reset(int? seed, Span<float> observation) => base.Reset(seed: 1, observation);
    }

    private sealed class Forgetful : WalkEnvironment
    {
        private int _seed;

        public override void Reset(int? seed, Span<float> observation) => base.Reset(_seed = seed ?? _seed, observation);
    }

    // Starts a little lower after each episode that it finished.
    private sealed class Tired : WalkEnvironment
    {
        private double _tiredness;

        public override void Reset(int? seed, Span<float> observation)
        {
            base.Reset(seed, observation);
            Position -= Math.Min(_tiredness, 0.1);
            Observe(observation);
        }

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            _tiredness += result.Truncated ? 0.001 : 0;
            return result;
        }
    }

    private sealed class Forbidding : WalkEnvironment, IEnvironment
    {
        public Func<int, int, bool>? Allowing { get; init; }

        public int? MaxEpisodeSteps { get; init; }

        public bool Allows(int choice) => Allowing?.Invoke(Steps, choice) ?? true;
    }

    // Declares pixels from 0 to 1, and returns bytes.
    private sealed class Unscaled(int length) : WalkEnvironment
    {
        public override ObservationSpace ObservationSpace { get; } = ObservationSpace.Box(new float[length], [.. Enumerable.Repeat(1f, length)]);

        public override void Reset(int? seed, Span<float> observation)
        {
            base.Reset(seed, observation);
            observation.Fill(255);
        }

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            observation.Fill(255);
            return result;
        }
    }

    private sealed class Reborn(int length) : WalkEnvironment
    {
        public override void Reset(int? seed, Span<float> observation)
        {
            Random = new RandomSource((ulong)(seed ?? System.Random.Shared.NextInt64()));
            base.Reset(seed: null, observation);
        }

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            return length > Limit ? new StepResult(result.Reward) : result;
        }
    }
}
