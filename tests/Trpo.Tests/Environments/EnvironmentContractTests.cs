using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>Tests that violations of the environment contract end training with an exception that names the environment.</summary>
public sealed class EnvironmentContractTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    public void Non_finite_observation_is_refused(float value)
    {
        var exception = FailureOf(() => new CountingEnvironment(observe: step => step == 3 ? value : step));

        Assert.That(exception.Message, Does.Contain("'Counting'").And.Contain("'step'").And.Contain("Step"));
    }

    [Test]
    public void Unwritten_observation_value_is_refused()
    {
        var exception = FailureOf(() => new StubEnvironment((_, _) => default, reset: observation => observation[0] = 1));

        Assert.That(exception.Message, Does.Contain("'StubEnvironment'").And.Contain("value 1").And.Contain("Reset"));
    }

    [Test]
    public void Observation_that_is_too_long_is_refused()
    {
        var exception = FailureOf(() => new StubEnvironment((_, observation) =>
        {
            new float[] { 1, 2, 3 }.CopyTo(observation);
            return default;
        }));

        Assert.That(exception.Message, Does.Contain("'StubEnvironment'").And.Contain("2 values"));
        Assert.That(exception.InnerException, Is.InstanceOf<ArgumentException>());
    }

    [Test]
    public void Non_finite_reward_is_refused()
    {
        var exception = FailureOf(() => new CountingEnvironment(reward: step => step == 2 ? double.NaN : 0));

        Assert.That(exception.Message, Does.Contain("'Counting'").And.Contain("reward").And.Contain("step 2"));
    }

    [Test]
    public void Time_limit_ends_an_endless_episode()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new CountingEnvironment(length: -1), 49), count: 2, rows: 10, episodeStepLimit: 50);

        Assert.That(() => Train(environment), Throws.Nothing);
    }

    [Test]
    public void Exception_of_the_environment_is_the_inner_exception()
    {
        var exception = FailureOf(() => new StubEnvironment((_, _) => throw new TimeoutException("The robot does not answer.")));

        Assert.That(exception.Message, Does.Contain("'StubEnvironment'").And.Contain("The robot does not answer."));
        Assert.That(exception.InnerException, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public void Spaces_that_differ_between_environments_are_refused()
    {
        var created = 0;
        var exception = FailureOf(() => created++ == 0 ? new CountingEnvironment() : new StubEnvironment((_, _) => default));

        Assert.That(exception.Message, Does.Contain("'Counting'").And.Contain("different spaces"));
    }

    [Test]
    public void Action_bounds_that_differ_between_environments_are_refused()
    {
        var created = 0;
        var exception = FailureOf(() => new StubEnvironment((_, _) => default, actions: ActionSpace.Box([created++ == 0 ? -100f : -1f], [1])));

        Assert.That(exception.Message, Does.Contain("bounds of the actions differ"));
    }

    [Test]
    public void Factory_that_returns_one_environment_twice_is_refused()
    {
        var one = new CountingEnvironment();
        var exception = FailureOf(() => one);

        Assert.That(exception.Message, Does.Contain("'Counting'").And.Contain("a new one each time"));
    }

    [Test]
    public void Failure_of_Dispose_does_not_hide_an_earlier_failure()
    {
        var created = 0;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () =>
            {
                // The environment whose spaces are read is disposed without a failure.
                var fails = created++ > 0;
                return new StubEnvironment((_, _) => throw new TimeoutException("The real cause."), dispose: () =>
                {
                    if (fails)
                        throw new InvalidOperationException();
                });
            },
            count: 1);

        Assert.That(() => Train(environment), Throws.TypeOf<EnvironmentException>().With.Message.Contains("The real cause."));
    }

    [Test]
    public void Every_environment_is_disposed_and_the_policy_kept_even_if_one_throws_in_Dispose()
    {
        var disposed = 0;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () => new StubEnvironment((_, observation) => { observation.Clear(); return new StepResult(1, true); }, dispose: () =>
            {
                if (disposed++ == 1)
                    throw new TimeoutException();
            }),
            count: 3);

        Assert.That(() => Train(environment), Throws.Nothing);
        Assert.That(disposed, Is.EqualTo(4), "three, and the one whose spaces were read");
    }

    [Test]
    public void Environments_are_disposed_when_training_fails()
    {
        var open = 0;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () =>
            {
                open++;
                return new StubEnvironment((_, _) => throw new TimeoutException(), dispose: () => open--);
            },
            count: 3);

        Assert.That(() => Train(environment), Throws.TypeOf<EnvironmentException>());
        Assert.That(open, Is.Zero);
    }

    [Test]
    public void The_table_is_finite_and_repeatable()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new Estimators.Environments.ClassicControl.CartPole(), rows: 300);
        var first = environment.GetColumn<float[]>("Observation").ToList();
        var second = environment.GetColumn<float[]>("Observation").ToList();

        Assert.That(first, Has.Count.EqualTo(300));
        Assert.That(first, Is.EqualTo(second));
        Assert.That(first.Select(observation => observation[0]).Distinct().Count(), Is.GreaterThan(200), "the rows differ");
        Assert.That(environment.GetRowCount(), Is.EqualTo(300));
    }

    [Test]
    public void The_column_has_the_names_of_its_values_as_slot_names()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), observationColumnName: "State");

        Assert.That(Onnx.SchemaText.SlotNames(environment.Schema["State"]), Is.EqualTo(new[] { "step" }));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_time_limit_truncates(bool terminates)
    {
        var limited = new TimeLimit(new CountingEnvironment(length: terminates ? 3 : -1), 3);
        var observation = new float[1];
        for (var episode = 0; episode < 2; episode++)
        {
            limited.Reset(null, observation);
            Assert.That(limited.Step(default, observation).Ended, Is.False);
            Assert.That(limited.Step(default, observation).Ended, Is.False);
            Assert.That(limited.Step(default, observation), Is.EqualTo(new StepResult(1, terminates, true)));
        }
    }

    private EnvironmentException FailureOf(Func<IEnvironment> factory)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2);
        return Assert.Throws<EnvironmentException>(() => Train(environment))!;
    }

    private void Train(EnvironmentDataView environment) =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 200, StepsPerIteration = 100, HiddenLayers = [4] }).Fit(environment);

    private delegate StepResult Stepper(EnvironmentAction action, Span<float> observation);

    private delegate void Resetter(Span<float> observation);

    private sealed class StubEnvironment(Stepper step, Resetter? reset = null, Action? dispose = null, ActionSpace? actions = null) : IEnvironment, IDisposable
    {
        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(2);

        public ActionSpace ActionSpace { get; } = actions ?? ActionSpace.Discrete(2);

        public void Reset(int? seed, Span<float> observation)
        {
            if (reset is null)
                observation.Clear();
            else
                reset(observation);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation) => step(action, observation);

        public void Dispose() => dispose?.Invoke();
    }
}
