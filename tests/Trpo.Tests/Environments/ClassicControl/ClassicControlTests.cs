using System.Text.Json;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Environments.ClassicControl;

/// <summary>Comparison of the classic environments with trajectories recorded from Gymnasium.</summary>
public sealed class ClassicControlTests
{
    private static readonly ClassicEnvironment[] All =
    [
        ClassicEnvironment.Of<CartPole>("CartPole-v1", 500,
            environment => [environment.State.Position, environment.State.Velocity, environment.State.Angle, environment.State.AngularVelocity],
            (environment, state) => environment.State = (state[0], state[1], state[2], state[3])),
        ClassicEnvironment.Of<Acrobot>("Acrobot-v1", 500,
            environment => [environment.State.Angle1, environment.State.Angle2, environment.State.Speed1, environment.State.Speed2],
            (environment, state) => environment.State = new(state[0], state[1], state[2], state[3])),
        ClassicEnvironment.Of<MountainCar>("MountainCar-v0", 200,
            environment => [environment.State.Position, environment.State.Velocity],
            (environment, state) => environment.State = (state[0], state[1])),
        ClassicEnvironment.Of<MountainCarContinuous>("MountainCarContinuous-v0", 999,
            environment => [environment.State.Position, environment.State.Velocity],
            (environment, state) => environment.State = (state[0], state[1])),
        ClassicEnvironment.Of<Pendulum>("Pendulum-v1", 200,
            environment => [environment.State.Angle, environment.State.AngularVelocity],
            (environment, state) => environment.State = (state[0], state[1])),
    ];

    [Test]
    public void Every_step_from_a_recorded_state_gives_the_next_recorded_state([ValueSource(nameof(All))] ClassicEnvironment classic, [Values(0, 1)] int episode)
    {
        var recorded = classic.Recorded.GetProperty("episodes")[episode];
        var environment = classic.Create();
        var observation = new float[environment.ObservationSpace.Length];
        environment.Reset(0, observation);
        var state = recorded.GetProperty("initial_state").Deserialize<double[]>()!;
        Assert.Multiple(() =>
        {
            foreach (var (index, step) in recorded.GetProperty("steps").EnumerateArray().Index())
            {
                classic.SetState(environment, state);
                var result = environment.Step(new EnvironmentAction(ActionOf(step)), observation);
                state = step.GetProperty("state").Deserialize<double[]>()!;
                Assert.That(classic.GetState(environment), Is.EqualTo(state).Within(1e-9), $"state {index}");
                Assert.That(result.Reward, Is.EqualTo(step.GetProperty("reward").GetDouble()).Within(1e-9), $"reward {index}");
                Assert.That(result.Terminated, Is.EqualTo(step.GetProperty("terminated").GetBoolean()), $"terminated {index}");
                Assert.That(result.Truncated, Is.EqualTo(step.GetProperty("truncated").GetBoolean()), $"truncated {index}");
            }
        });
    }

    [Test]
    public void Observations_of_whole_episodes_equal_the_recorded_ones([ValueSource(nameof(All))] ClassicEnvironment classic, [Values(0, 1)] int episode)
    {
        var recorded = classic.Recorded.GetProperty("episodes")[episode];
        var environment = classic.Create();
        var observation = new float[environment.ObservationSpace.Length];
        environment.Reset(0, observation);
        classic.SetState(environment, recorded.GetProperty("initial_state").Deserialize<double[]>()!);
        Assert.Multiple(() =>
        {
            foreach (var (index, step) in recorded.GetProperty("steps").EnumerateArray().Index())
            {
                environment.Step(new EnvironmentAction(ActionOf(step)), observation);
                Assert.That(observation, Is.EqualTo(step.GetProperty("observation").Deserialize<float[]>()).Within(1e-5f), $"observation {index}");
            }
        });
    }

    [TestCaseSource(nameof(All))]
    public void Spaces_and_limits_equal_the_reference(ClassicEnvironment classic)
    {
        var environment = classic.Create();
        float[] Finite(IEnumerable<float> bounds) => [.. bounds.Select(bound => Math.Clamp(bound, float.MinValue, float.MaxValue))];

        Assert.That(Finite(environment.ObservationSpace.Low), Is.EqualTo(classic.Recorded.GetProperty("observation_low").Deserialize<float[]>()));
        Assert.That(Finite(environment.ObservationSpace.High), Is.EqualTo(classic.Recorded.GetProperty("observation_high").Deserialize<float[]>()));
        Assert.That(classic.Recorded.GetProperty("max_episode_steps").GetInt32(), Is.EqualTo(classic.MaxEpisodeSteps));
    }

    [Test]
    public void Actions_equal_the_reference()
    {
        int Count(IEnvironment environment) => ((DiscreteActionSpace)environment.ActionSpace).Count;
        (float, float) Bounds(IEnvironment environment) => (((BoxActionSpace)environment.ActionSpace).Low.Single(), ((BoxActionSpace)environment.ActionSpace).High.Single());

        Assert.That(new[] { Count(new CartPole()), Count(new Acrobot()), Count(new MountainCar()) }, Is.EqualTo(new[] { 2, 3, 3 }));
        Assert.That(new[] { Bounds(new MountainCarContinuous()), Bounds(new Pendulum()) }, Is.EqualTo(new[] { (-1f, 1f), (-2f, 2f) }));
    }

    [TestCaseSource(nameof(All))]
    public void An_episode_is_truncated_at_its_limit_and_not_before(ClassicEnvironment classic)
    {
        var environment = classic.Create();
        var observation = new float[environment.ObservationSpace.Length];
        environment.Reset(1, observation);
        var start = classic.GetState(environment);
        for (var step = 1; step <= classic.MaxEpisodeSteps; step++)
        {
            // The state is restored before each step, so the episode never terminates.
            classic.SetState(environment, start);
            var result = environment.Step(new EnvironmentAction(new float[environment.ActionSpace.Length]), observation);
            Assert.That((result.Terminated, result.Truncated), Is.EqualTo((false, step == classic.MaxEpisodeSteps)), $"step {step}");
        }

        environment.Reset(null, observation);
        Assert.That(environment.Step(new EnvironmentAction(new float[environment.ActionSpace.Length]), observation).Truncated, Is.False, "the step count restarts");
    }

    [TestCase("CartPole-v1", 0, -0.05, 0.05)]
    [TestCase("CartPole-v1", 3, -0.05, 0.05)]
    [TestCase("Acrobot-v1", 0, -0.1, 0.1)]
    [TestCase("Acrobot-v1", 3, -0.1, 0.1)]
    [TestCase("MountainCar-v0", 0, -0.6, -0.4)]
    [TestCase("MountainCar-v0", 1, 0, 0)]
    [TestCase("MountainCarContinuous-v0", 0, -0.6, -0.4)]
    [TestCase("MountainCarContinuous-v0", 1, 0, 0)]
    [TestCase("Pendulum-v1", 0, -Math.PI, Math.PI)]
    [TestCase("Pendulum-v1", 1, -1, 1)]
    public void Resets_are_uniform_over_the_range_of_the_reference(string name, int element, double low, double high)
    {
        const int Resets = 10_000;
        var classic = All.Single(candidate => candidate.Name == name);
        var environment = classic.Create();
        var observation = new float[environment.ObservationSpace.Length];
        environment.Reset(5, observation);
        var values = Enumerable.Range(0, Resets).Select(_ =>
        {
            environment.Reset(null, observation);
            return classic.GetState(environment)[element];
        }).ToList();
        var (mean, deviation) = ((low + high) / 2, (high - low) / Math.Sqrt(12));

        // Four standard errors of the mean, and of the standard deviation, of so many uniform values.
        Assert.That(values, Is.All.InRange(low, high));
        Assert.That(values.Average(), Is.EqualTo(mean).Within(0.04 * deviation));
        Assert.That(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), Is.EqualTo(deviation).Within(0.02 * deviation));
    }

    [TestCaseSource(nameof(All))]
    public void A_seed_repeats_an_episode_and_a_step_allocates_nothing(ClassicEnvironment classic)
    {
        var (first, second) = (Play(classic), Play(classic));

        Assert.That(second.Observations, Is.EqualTo(first.Observations));
        Assert.That(second.Allocated, Is.Zero);
    }

    private static (List<float> Observations, long Allocated) Play(ClassicEnvironment classic)
    {
        const int Steps = 1_500;
        var environment = classic.Create();
        var observation = new float[environment.ObservationSpace.Length];
        var action = new float[environment.ActionSpace.Length];
        var observations = new List<float>(Steps * observation.Length);
        environment.Reset(3, observation);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < Steps; step++)
        {
            action[0] = step / 7 % 2;
            if (environment.Step(new EnvironmentAction(action), observation).Ended)
                environment.Reset(null, observation);
            foreach (var value in observation)
                observations.Add(value);
        }

        return (observations, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] ActionOf(JsonElement step)
    {
        var action = step.GetProperty("action");
        return action.ValueKind == JsonValueKind.Array ? action.Deserialize<float[]>()! : [action.GetSingle()];
    }
}
