using System.Collections.Concurrent;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests that a failure on a worker thread is thrown on the calling thread with the same message, and leaves no thread and no environment behind.</summary>
public sealed class EnvironmentThreadsFailureTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MLContext _ml = new(seed: 1);
    private readonly ConcurrentDictionary<Thread, bool> _callers = new();
    private int _open;

    [SetUp]
    public void ResetCounts()
    {
        _callers.Clear();
        _open = 0;
    }

    [TearDown]
    public void Nothing_is_left_behind()
    {
        Assert.That(_open, Is.Zero, "environments that were not disposed");
        Assert.That(_callers.Keys.Where(thread => thread != Thread.CurrentThread && thread.IsAlive), Is.Empty);
    }

    [Test]
    public void A_failure_on_another_thread_names_the_environment()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(Elsewhere(new TimeoutException("The robot does not answer."))))!;

        Assert.That(exception.Message, Does.Match(@"^Environment 'Counting' \(index [01] of 2\) failed in Step, at step 2 of its episode: The robot does not answer\.$"));
        Assert.That(exception.InnerException, Is.TypeOf<TimeoutException>());
        Assert.That(_callers, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_cancellation_of_its_own_on_another_thread_is_a_failure_of_the_environment() =>
        Assert.That(() => Train(Elsewhere(new OperationCanceledException())), Throws.TypeOf<EnvironmentException>().With.InnerException.TypeOf<OperationCanceledException>());

    [Test]
    public void Successful_training_leaves_nothing_behind()
    {
        using var barrier = new Barrier(2);
        Train((_, _) => barrier.SignalAndWait(Patience));

        Assert.That(_callers, Has.Count.EqualTo(2));
    }

    // With one thread, the first environment fails first; with two, the second does.
    [TestCase(1)]
    [TestCase(2)]
    public void Of_two_failures_the_one_of_the_lowest_index_is_thrown(int threads)
    {
        using var second = new ManualResetEventSlim();
        var exception = Assert.Throws<EnvironmentException>(() => Train((environment, call) =>
        {
            if (call < 3)
                return;
            if (environment == 1)
                second.Set();
            else if (threads > 1 && !second.Wait(Patience))
                return;
            throw environment == 1 ? new OperationCanceledException() : new TimeoutException("Too late.");
        }, threads))!;

        Assert.That(exception.Message, Is.EqualTo("Environment 'Counting' (index 0 of 2) failed in Step, at step 3 of its episode: Too late."));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_failure_of_the_first_reset_names_the_environment(int threads) =>
        Assert.That(() => Train((_, _) => throw new TimeoutException("No field."), threads),
            Throws.TypeOf<EnvironmentException>().With.Message.EqualTo("Environment 'Counting' (index 0 of 2) failed in Reset, at step 0 of its episode: No field."));

    // Both environments wait for each other in their second step, so one of them runs on another thread than the one that trains.
    private static Action<int, int> Elsewhere(Exception exception)
    {
        var here = Thread.CurrentThread;
        var barrier = new Barrier(2);
        return (_, call) =>
        {
            if (call == 2 && barrier.SignalAndWait(Patience) && Thread.CurrentThread != here)
                throw exception;
        };
    }

    /// <param name="before">Receives the index of the environment, and of the call: 0 for the first reset.</param>
    /// <param name="threads">The number of threads.</param>
    private void Train(Action<int, int> before, int threads = 2)
    {
        // The first environment is created only to read its spaces.
        var created = -1;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(
            () =>
            {
                var index = created++;
                _open++;
                return new HookedEnvironment(
                    new CountingEnvironment(),
                    call =>
                    {
                        _callers.TryAdd(Thread.CurrentThread, true);
                        before(index, call);
                    },
                    () => _open--);
            },
            count: 2,
            threads: threads);
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 40, StepsPerIteration = 20, HiddenLayers = [4], Seed = 1 }).Fit(environment);
    }
}
