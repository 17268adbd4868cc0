using System.Text.Json;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx.Spaces;

namespace Trpo.Tests.Environments;

/// <summary>CartPole against trajectories that Gymnasium recorded.</summary>
public sealed class CartPoleTests
{
    private static readonly JsonElement Recorded = JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "gymnasium", "CartPole-v1.json")));

    [TestCase(0)]
    [TestCase(1)]
    public void Every_step_of_a_recorded_episode_agrees(int episode)
    {
        var recorded = Recorded.GetProperty("episodes")[episode];
        var environment = new CartPole();
        var observation = new float[4];
        environment.Reset(0, observation);
        environment.State = State(recorded.GetProperty("initial_state"));
        Assert.Multiple(() =>
        {
            foreach (var (step, index) in recorded.GetProperty("steps").EnumerateArray().Select((step, index) => (step, index)))
            {
                var result = environment.Step(new EnvironmentAction([step.GetProperty("action").GetSingle()]), observation);
                var (position, velocity, angle, angularVelocity) = environment.State;
                Assert.That(new[] { position, velocity, angle, angularVelocity }, Is.EqualTo(step.GetProperty("state").Deserialize<double[]>()).Within(1e-9), $"state {index}");
                Assert.That(observation, Is.EqualTo(step.GetProperty("observation").Deserialize<float[]>()).Within(1e-6f), $"observation {index}");
                Assert.That(result.Reward, Is.EqualTo(step.GetProperty("reward").GetDouble()), $"reward {index}");
                Assert.That(result.Terminated, Is.EqualTo(step.GetProperty("terminated").GetBoolean()), $"terminated {index}");
                Assert.That(result.Truncated, Is.EqualTo(step.GetProperty("truncated").GetBoolean()), $"truncated {index}");
            }
        });
    }

    [Test]
    public void The_spaces_are_those_of_the_reference()
    {
        var environment = new CartPole();
        var finiteHigh = environment.ObservationSpace.High.Select(bound => float.IsInfinity(bound) ? float.MaxValue : bound);

        Assert.That(finiteHigh, Is.EqualTo(Recorded.GetProperty("observation_high").Deserialize<float[]>()));
        Assert.That(environment.ObservationSpace.Low, Is.EqualTo(environment.ObservationSpace.High.Select(bound => -bound)));
        Assert.That(((DiscreteActionSpace)environment.ActionSpace).Count, Is.EqualTo(2));
    }

    [Test]
    public void An_episode_is_truncated_after_500_steps_and_not_terminated()
    {
        var environment = new CartPole();
        var observation = new float[4];
        environment.Reset(1, observation);
        for (var step = 1; step <= 500; step++)
        {
            // Set upright again before each step, the pole never falls.
            environment.State = default;
            var result = environment.Step(new EnvironmentAction([step % 2]), observation);
            Assert.That(result, Is.EqualTo(new StepResult(1, false, step == 500)));
        }
    }

    [Test]
    public void Resets_are_uniform_within_a_twentieth_and_repeatable()
    {
        var environment = new CartPole();
        var observation = new float[4];
        environment.Reset(5, observation);
        var values = new List<float>();
        for (var i = 0; i < 2_500; i++)
        {
            environment.Reset(null, observation);
            values.AddRange(observation);
        }

        environment.Reset(5, observation);
        environment.Reset(null, observation);
        Assert.That(observation, Is.EqualTo(values[..4]));
        Assert.That(values, Is.All.InRange(-0.05f, 0.05f));

        // The deviation of the mean of 10,000 uniform values is 0.05 / sqrt(3 * 10,000) = 0.0003, that of their standard deviation less.
        Assert.That(values.Average(), Is.EqualTo(0).Within(0.0012));
        Assert.That(Math.Sqrt(values.Average(value => value * value)), Is.EqualTo(0.05 / Math.Sqrt(3)).Within(0.0006));
    }

    [Test]
    public void A_step_allocates_nothing()
    {
        var environment = new CartPole();
        var observation = new float[4];
        float[] action = [1];
        Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Play()
        {
            environment.Reset(1, observation);
            for (var step = 0; step < 1_000; step++)
            {
                if (environment.Step(new EnvironmentAction(action), observation).Ended)
                    environment.Reset(null, observation);
            }
        }
    }

    private static (double, double, double, double) State(JsonElement state) =>
        (state[0].GetDouble(), state[1].GetDouble(), state[2].GetDouble(), state[3].GetDouble());
}
