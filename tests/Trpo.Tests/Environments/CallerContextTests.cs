using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments;

/// <summary>Tests that environments which wait for a task do not wait for the caller's thread, which waits for them.</summary>
public sealed class CallerContextTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly Dictionary<string, Action<MLContext, Func<IEnvironment>>> Calls = new()
    {
        ["Fit"] = (ml, factory) => Fit(ml, ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2)),
        ["Fit on two threads"] = (ml, factory) => Fit(ml, ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2, threads: 2)),
        ["Fit with a limit of time"] = (ml, factory) => Fit(ml, ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2, stepTimeout: Patience)),
        ["CheckEnvironment"] = (ml, factory) => ml.ReinforcementLearning.CheckEnvironment(factory, steps: 50),
        ["table"] = (ml, factory) => ml.Transforms.NormalizeMeanVariance("Observation").Fit(ml.ReinforcementLearning.LoadFromEnvironment(factory, rows: 20)),
        ["Evaluate"] = (ml, factory) =>
        {
            var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 2);
            using var policy = Support.Policies.Transformer(environment.ActionSpace, environment.ObservationSpace.Length);
            ml.ReinforcementLearning.Evaluate(policy, environment, episodes: 3);
        },
    };

    private static IEnumerable<TestCaseData> Cases => from call in Calls.Keys from environment in new[] { "synchronous", "asynchronous" } select new TestCaseData(call, environment);

    [TestCaseSource(nameof(Cases))]
    public void A_step_that_waits_for_a_task_does_not_wait_for_the_thread_of_a_user_interface(string call, string environment) =>
        Assert.That(SingleThread.TryRun(() => Calls[call](new MLContext(1), Factory(environment)), Patience), Is.True, "it hangs");

    [TestCaseSource(nameof(Cases))]
    public void A_step_that_waits_for_a_task_does_not_wait_for_an_exclusive_scheduler(string call, string environment)
    {
        var scheduler = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        var task = Task.Factory.StartNew(() => Calls[call](new MLContext(1), Factory(environment)), CancellationToken.None, TaskCreationOptions.None, scheduler);

        Assert.That(task.Wait(Patience), Is.True, "it hangs");
    }

    [Test]
    public void The_callers_context_is_restored()
    {
        SynchronizationContext? after = null;
        SingleThread.TryRun(() =>
        {
            Calls["Fit"](new MLContext(1), Factory("synchronous"));
            after = SynchronizationContext.Current;
        }, Patience);

        Assert.That(after, Is.TypeOf<SingleThread>());
    }

    [Test]
    public void The_test_would_hang_with_the_callers_context() =>
        Assert.That(SingleThread.TryRun(() => Pause(CancellationToken.None).Wait(), TimeSpan.FromMilliseconds(200)), Is.False);

    [Test]
    public void An_exception_passes_unchanged()
    {
        var failure = new TimeoutException("The robot does not answer.");
        EnvironmentException? thrown = null;
        SingleThread.TryRun(() => thrown = Assert.Throws<EnvironmentException>(() => Calls["Fit"](new MLContext(1), () => new HookedEnvironment(new CartPole(), call =>
        {
            if (call == 3)
                throw failure;
        }))), Patience);

        Assert.That(thrown!.InnerException, Is.SameAs(failure));
    }

    private static void Fit(MLContext ml, Trpo.Estimators.Environments.DataViews.EnvironmentDataView environment) =>
        ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 40, StepsPerIteration = 20, HiddenLayers = [4], Seed = 1 }).Fit(environment).Dispose();

    // Constructor, steps and disposal all wait.
    private static Func<IEnvironment> Factory(string environment) => () =>
    {
        Wait();
        return environment == "asynchronous"
            ? new AsyncEnvironment(new CountingEnvironment(), (_, cancellation) => Pause(cancellation), Wait)
            : new HookedEnvironment(new CountingEnvironment(), _ => Wait(), Wait);
    };

    private static void Wait() => Pause(CancellationToken.None).Wait();

    private static async Task Pause(CancellationToken cancellation) => await Task.Delay(1, cancellation);
}
