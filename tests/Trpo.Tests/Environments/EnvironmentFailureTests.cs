using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>
/// Tests that whatever an environment throws, a timeout that looks like a cancellation among it, arrives as an <see cref="EnvironmentException"/> with the
/// environment's name, index and step, unless the caller has cancelled.
/// </summary>
public sealed class EnvironmentFailureTests
{
    private static readonly TaskCanceledException Timeout = new("The request was canceled due to the configured HttpClient.Timeout.");

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    [SetUp]
    public void Listen()
    {
        _warnings.Clear();
        _ml.Log += OnLog;
    }

    [TearDown]
    public void StopListening() => _ml.Log -= OnLog;

    [TestCase(1)]
    [TestCase(2)]
    public void A_timeout_in_Step_is_a_failure_of_the_environment(int threads)
    {
        var view = View(index => new FragileEnvironment { Stepping = step => ThrowIf(index == 1 && step == 3) }, threads: threads);

        AssertFailure(Assert.Throws<EnvironmentException>(() => Train(view)), "Environment 'Fragile' (index 1 of 2) failed in Step, at step 3 of its episode: ");
    }

    [Test]
    public void A_timeout_in_Reset_is_a_failure_of_the_environment()
    {
        var view = View(index => new FragileEnvironment { Resetting = steps => ThrowIf(index == 1 && steps == 4) });

        AssertFailure(Assert.Throws<EnvironmentException>(() => Train(view)), "Environment 'Fragile' (index 1 of 2) failed in Reset, at step 0 of its episode: ");
    }

    [Test]
    public void A_timeout_in_a_constructor_is_a_failure_of_the_environment()
    {
        var view = View(index => index == 1 ? throw Timeout : new FragileEnvironment());
        var exception = Assert.Throws<EnvironmentException>(() => Train(view))!;

        AssertFailure(exception, "Environment 'Fragile' (index 1 of 2) could not be created: ");
    }

    [Test]
    public void Every_exception_of_the_first_constructor_is_a_failure_of_the_environment()
    {
        Exception[] thrown = [Timeout, new TimeoutException("No answer."), new TargetInvocationException(new TimeoutException("No answer.")), new AggregateException(new TimeoutException("No answer."))];

        Assert.Multiple(() =>
        {
            foreach (var original in thrown)
            {
                var exception = Assert.Throws<EnvironmentException>(() => _ml.ReinforcementLearning.LoadFromEnvironment(() => throw original));
                Assert.That(exception?.Message, Does.StartWith("The environment could not be created: ").And.Contain(original == Timeout ? "HttpClient.Timeout" : "No answer."));
                Assert.That(exception?.InnerException, Is.SameAs(original));
            }
        });
    }

    [TestCase(-1, "FragileEnvironment")]
    [TestCase(1, "Environment 'Fragile' (index 1 of 2)")]
    public void A_property_that_throws_is_a_failure_of_the_environment(int failing, string named)
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(View(index => new FragileEnvironment { Describing = () => ThrowIf(index == failing) })))!;

        Assert.That(exception.Message, Does.Contain(named).And.Contain("HttpClient.Timeout"));
        Assert.That(exception.InnerException, Is.SameAs(Timeout));
    }

    [Test]
    public void A_factory_that_returns_null_later_is_named_with_the_index()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(View(index => index == 1 ? null! : new FragileEnvironment())))!;

        Assert.That(exception.Message, Does.StartWith("Environment 'Fragile' (index 1 of 2) could not be created: the factory returned null"));
    }

    [Test]
    public void A_factory_that_returns_one_environment_again_is_named_if_that_fails_because_it_was_disposed()
    {
        var isDisposed = false;
        var one = new FragileEnvironment { Disposing = () => isDisposed = true, Resetting = _ => ObjectDisposedException.ThrowIf(isDisposed, typeof(FragileEnvironment)) };
        var pooled = new FragileEnvironment { Disposing = () => { } };

        Assert.That(() => Train(_ml.ReinforcementLearning.LoadFromEnvironment(() => one, count: 1)),
            Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("Environment 'Fragile' (index 0 of 1) failed in Reset").And.Message.Contains("disposed before").And.Message.Contains("a new one each time"));
        Assert.That(() => Train(_ml.ReinforcementLearning.LoadFromEnvironment(() => pooled, count: 1)).Dispose(), Throws.Nothing, "a pool");
    }

    [Test]
    public void A_failure_of_Dispose_is_a_warning_and_the_policy_is_not_lost()
    {
        var disposed = 0;
        using var policy = Train(View(index => new FragileEnvironment
        {
            Disposing = () =>
            {
                disposed++;
                ThrowIf(index == 0);
            },
        }));

        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("40"));
        Assert.That(disposed, Is.EqualTo(3), "two, and the one whose spaces were read");
        Assert.That(_warnings, Has.Some.StartWith("Environment 'Fragile' (index 0 of 2) failed in Dispose").And.Some.Contains("HttpClient.Timeout"));
    }

    [Test]
    public void A_failure_of_Dispose_does_not_hide_the_first_failure()
    {
        var view = View(index => new FragileEnvironment
        {
            Stepping = step => ThrowIf(step == 3),
            Disposing = () =>
            {
                if (index >= 0)
                    throw new InvalidOperationException("It is stuck.");
            },
        });

        AssertFailure(Assert.Throws<EnvironmentException>(() => Train(view)), "Environment 'Fragile' (index 0 of 2) failed in Step, at step 3");
        Assert.That(_warnings.Count(warning => warning.Contains("It is stuck.", StringComparison.Ordinal)), Is.EqualTo(2));
    }

    [Test]
    public void A_failure_of_Dispose_does_not_hide_a_failed_creation()
    {
        var view = View(index => index == 1 ? throw Timeout : new FragileEnvironment
        {
            Disposing = () =>
            {
                if (index >= 0)
                    throw new InvalidOperationException("It is stuck.");
            },
        });

        AssertFailure(Assert.Throws<EnvironmentException>(() => Train(view)), "Environment 'Fragile' (index 1 of 2) could not be created");
    }

    [Test]
    public void A_failure_of_the_first_Dispose_is_a_failure_of_the_environment()
    {
        var exception = Assert.Throws<EnvironmentException>(() => View(_ => new FragileEnvironment { Disposing = () => ThrowIf(true) }))!;

        AssertFailure(exception, "Environment 'Fragile' failed in Dispose: ");
    }

    [Test]
    public void A_timeout_while_the_state_is_saved_is_a_failure_of_the_environment()
    {
        using var folder = new TemporaryFolder();
        var view = View(index => new FragileEnvironment { Saving = () => ThrowIf(index == 1) });

        AssertFailure(
            Assert.Throws<EnvironmentException>(() => Train(view, Small with { Checkpoints = new() { Folder = folder.FullName } })),
            "Environment 'Fragile' (index 1 of 2) failed in SaveState, at step 0 of its episode: ");
    }

    [Test]
    public void A_timeout_in_a_transform_names_the_environment_and_the_step()
    {
        var view = View(_ => new FragileEnvironment());
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) =>
        {
            ThrowIf(raw.Observation[0] == 3);
            mapped.Features = raw.Observation;
        }, contractName: null);
        var exception = Assert.Throws<EnvironmentException>(() => mapping.Append(_ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Columns = new("Features") })).Fit(view))!;

        Assert.That(exception.Message, Does.StartWith("Environment 'Fragile' (index 0 of 2), at step 3 of its episode: ").And.Contain("HttpClient.Timeout"));
        Assert.That(exception.InnerException, Is.SameAs(Timeout));
    }

    [Test]
    public void Invalid_data_in_a_transform_name_the_environment_and_the_step()
    {
        var view = View(_ => new FragileEnvironment());
        var invalid = new InvalidDataException("The lookup table is damaged.");
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) => mapped.Features = raw.Observation[0] == 3 ? throw invalid : raw.Observation, contractName: null);
        var exception = Assert.Throws<EnvironmentException>(() => mapping.Append(_ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Columns = new("Features") })).Fit(view))!;

        Assert.That(exception.Message, Does.StartWith("Environment 'Fragile' (index 0 of 2), at step 3 of its episode: ").And.Contain("The lookup table is damaged."));
        Assert.That(exception.InnerException, Is.SameAs(invalid));
    }

    [Test]
    public void A_timeout_in_the_table_of_a_random_policy_is_a_failure_of_the_environment()
    {
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new FragileEnvironment { Stepping = step => ThrowIf(step == 2) });

        AssertFailure(Assert.Throws<EnvironmentException>(() => view.GetColumn<float[]>("Observation").Count()), "Environment 'Fragile' (index 0 of 1) failed in Step, at step 2 of its episode: ");
    }

    [Test]
    public void A_timeout_in_an_evaluation_is_a_failure_of_the_environment()
    {
        using var policy = Train(View(_ => new FragileEnvironment()));
        var view = View(index => new FragileEnvironment { Stepping = step => ThrowIf(index == 1 && step == 2) });

        AssertFailure(Assert.Throws<EnvironmentException>(() => _ml.ReinforcementLearning.Evaluate(policy, view, episodes: 4)), "Environment 'Fragile' (index 1 of 2) failed in Step, at step 2 of its episode: ");
    }

    [Test]
    public void A_failure_of_Dispose_does_not_cost_an_evaluation()
    {
        using var policy = Train(View(_ => new FragileEnvironment()));
        _warnings.Clear();
        var evaluation = _ml.ReinforcementLearning.Evaluate(policy, View(index => new FragileEnvironment { Disposing = () => ThrowIf(index == 1) }), episodes: 4);

        Assert.That(evaluation.Returns, Is.All.EqualTo(4));
        Assert.That(_warnings, Has.One.StartsWith("Environment 'Fragile' (index 1 of 2) failed in Dispose"));
    }

    [Test]
    public void An_evaluation_that_fails_after_its_cancellation_was_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        using var policy = Train(View(_ => new FragileEnvironment()));
        var view = View(index => new FragileEnvironment
        {
            Stepping = step =>
            {
                if (index == 0 && step == 2)
                    cancellation.Cancel();
                if (step == 2)
                    throw new TimeoutException("No answer.");
            },
        });
        var exception = Assert.Throws<OperationCanceledException>(() => _ml.ReinforcementLearning.Evaluate(policy, view, cancellation: cancellation.Token))!;

        Assert.That(exception.CancellationToken, Is.EqualTo(cancellation.Token));
        Assert.That(exception.InnerException, Is.TypeOf<EnvironmentException>());
        Assert.That(exception.Message, Does.Contain("No answer."));
    }

    private static TrpoOptions Small { get; } = new() { TotalSteps = 40, StepsPerIteration = 20, HiddenLayers = [4], Seed = 1 };

    private static void ThrowIf(bool condition)
    {
        if (condition)
            throw Timeout;
    }

    private static void AssertFailure(EnvironmentException? exception, string start)
    {
        Assert.That(exception!.Message, Does.StartWith(start).And.Contain("HttpClient.Timeout"));
        Assert.That(exception.InnerException, Is.SameAs(Timeout));
    }

    // The environment with the index -1 is created only to read its spaces.
    private EnvironmentDataView View(Func<int, IEnvironment> create, int threads = 1)
    {
        var index = -1;
        return _ml.ReinforcementLearning.LoadFromEnvironment(() => create(index++), count: 2, threads: threads);
    }

    private PolicyTransformer Train(EnvironmentDataView view, TrpoOptions? options = null) => _ml.ReinforcementLearning.Trainers.Trpo(view, options ?? Small).Fit(view);

    private void OnLog(object? sender, LoggingEventArgs log)
    {
        if (log.Kind == ChannelMessageKind.Warning)
            _warnings.Add(log.RawMessage);
    }

    private sealed class Raw
    {
        [VectorType(1)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Mapped
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];
    }
}
