using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Tests of a batch that more than one thread uses, or disposes.</summary>
public sealed class SharedBatchTests
{
    [Test]
    public void Another_thread_is_refused_whatever_it_does_until_the_batch_is_released([Values] PolicyEngine engine)
    {
        using var session = Choices(engine);
        using var batch = session.CreateBatch(2);
        new float[] { 1, 2, 3, 4 }.CopyTo(batch.Observation(0));
        batch.Run(1);
        var choice = batch.Choice(0);
        Action[] uses = [() => batch.Observation(0), () => batch.Run(1), () => batch.Choice(0), () => batch.Score(0), () => batch.LogProbability(0), batch.ReleaseThread];

        foreach (var use in uses)
            Assert.That(() => OnAnotherThread(use), Throws.InvalidOperationException.With.Message.Contains("in use by another thread").And.Message.Contains("PolicySession.Act").And.Message.Contains("ReleaseThread"));
        batch.ReleaseThread();
        OnAnotherThread(() => Assert.That(batch.Choice(0), Is.EqualTo(choice), "the results stay"));
        Assert.That(() => batch.Run(1), Throws.InvalidOperationException, "the batch belongs to the other thread now");
    }

    [Test]
    public void The_thread_that_creates_a_batch_need_not_be_the_one_that_uses_it()
    {
        using var session = Choices(PolicyEngine.Managed);
        using var batch = session.CreateBatch(1);

        OnAnotherThread(() => batch.Run(1));
        Assert.That(() => batch.Run(1), Throws.InvalidOperationException);
    }

    [Test]
    public void Threads_that_share_a_batch_get_right_actions_or_exceptions([Values] PolicyEngine engine)
    {
        const int Threads = 4;
        const int Calls = 20_000;
        using var session = Choices(engine);
        var observations = Support.Policies.Observations(100);
        int[] expected = [.. observations.Select(observation => session.Act(observation))];
        using var batch = session.CreateBatch(1);
        using var start = new Barrier(Threads);
        var results = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var (right, wrong, refused) = (0, 0, 0);
                start.SignalAndWait();
                for (var call = thread; call < thread + Calls; call++)
                {
                    try
                    {
                        observations[call % 100].CopyTo(batch.Observation(0));
                        batch.Run(1);
                        if (batch.Choice(0) == expected[call % 100])
                            right++;
                        else
                            wrong++;
                    }
                    catch (InvalidOperationException)
                    {
                        refused++;
                    }
                }

                return (Right: right, Wrong: wrong, Refused: refused);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(results);

        Assert.That(results.Sum(result => result.Result.Wrong), Is.Zero);
        Assert.That(results.Count(result => result.Result.Right == Calls), Is.EqualTo(1), "the first thread has the batch");
        Assert.That(results.Count(result => result.Result.Refused == Calls), Is.EqualTo(Threads - 1));
    }

    [Test]
    public void A_batch_that_is_disposed_while_it_runs_throws_and_is_freed_once([Values] PolicyEngine engine)
    {
        using var session = Choices(engine);
        for (var round = 0; round < 200; round++)
        {
            var batch = session.CreateBatch(8);
            using var running = new ManualResetEventSlim();
            var user = Task.Factory.StartNew(
                () =>
                {
                    while (true)
                    {
                        batch.Observation(7)[0] = 1;
                        batch.Run(8);
                        running.Set();
                        Assert.That(batch.Choice(7), Is.InRange(0, 2));
                    }
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            running.Wait();
            batch.Dispose();
            batch.Dispose();

            Assert.That(() => user.Wait(TimeSpan.FromMinutes(1)), Throws.TypeOf<AggregateException>().With.InnerException.TypeOf<ObjectDisposedException>());
        }
    }

    private static PolicySession Choices(PolicyEngine engine) => PolicySession.Open(engine == PolicyEngine.Managed ? Support.Policies.Onnx(Support.Policies.Choices) : LiteralPolicies.InOnnxRuntime());

    private static void OnAnotherThread(Action use)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                use();
            }
            catch (InvalidOperationException exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
            throw failure;
    }
}
