using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Tests of acting by a session without a batch, from any number of threads.</summary>
public sealed class SessionActTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, LiteralPolicies.Controls, LiteralPolicies.Switches, Support.Policies.Vectors];

    private static IEnumerable<TestCaseData> Models => Spaces
        .Select(space => new TestCaseData(Support.Policies.Onnx(space), PolicyEngine.Managed).SetArgDisplayNames($"{space}", "Managed"))
        .Append(new TestCaseData(LiteralPolicies.InOnnxRuntime(), PolicyEngine.OnnxRuntime).SetArgDisplayNames("choices", "OnnxRuntime"))
        .Append(new TestCaseData(LiteralPolicies.Elementwise("Softsign"), PolicyEngine.OnnxRuntime).SetArgDisplayNames("vectors", "OnnxRuntime"));

    [TestCaseSource(nameof(Models))]
    public void Actions_are_those_of_a_batch_for_any_number_of_rows(byte[] onnx, PolicyEngine engine)
    {
        using var session = PolicySession.Open(onnx);
        Assert.That(session.Engine, Is.EqualTo(engine));
        foreach (var rows in new[] { 0, 1, 2, 3, 100, 255, 256, 257, 600 })
        {
            var observations = Support.Policies.Observations(rows);
            if (rows > 2)
                observations[rows - 2][1] = float.NaN;
            using var batch = session.CreateBatch(Math.Max(1, rows));
            var actions = new float[rows * session.Metadata.Actions.Length];
            session.Act([.. observations.SelectMany(observation => observation)], actions);

            Assert.That(actions, Is.EqualTo(Run(batch, observations)), $"{rows} rows");
        }
    }

    [Test]
    public void A_choice_is_that_of_a_batch_and_missing_for_a_NaN([Values] PolicyEngine engine)
    {
        using var session = Choices(engine);
        using var batch = session.CreateBatch(1);
        var observations = Support.Policies.Observations(50);

        Assert.That(observations.Select(observation => session.Act(observation)), Is.EqualTo(observations.Select(observation => (int)Run(batch, [observation])[0])));
        Assert.That(observations.Select(observation => session.Act(observation)).Distinct().Count(), Is.GreaterThan(1));
        Assert.That(session.Act([1, 2, float.NaN, 4]), Is.EqualTo(-1));
    }

    [Test]
    public void Sixteen_threads_act_like_one_and_allocate_nothing([Values] PolicyEngine engine)
    {
        const int Threads = 16;
        const int Calls = 5_000;
        using var session = Choices(engine);
        var observations = Support.Policies.Observations(100);
        int[] expected = [.. observations.Select(observation => session.Act(observation))];
        using var warm = new Barrier(Threads);
        var results = Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                // All threads are in a call at once before the allocations are counted, so that there is memory for each.
                for (var call = 0; call < 500; call++)
                    session.Act(observations[call % 100]);
                warm.SignalAndWait();
                var wrong = 0;
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var call = thread; call < thread + Calls; call++)
                {
                    if (session.Act(observations[call % 100]) != expected[call % 100])
                        wrong++;
                }

                return (Wrong: wrong, Bytes: GC.GetAllocatedBytesForCurrentThread() - before);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAll(results);

        Assert.That(results.Sum(result => result.Result.Wrong), Is.Zero);

        // A thread that was never in a call together with all others may need memory of its own once.
        Assert.That(results.Sum(result => result.Result.Bytes), engine == PolicyEngine.Managed ? Is.Zero : Is.LessThan(Threads * 20_000));
    }

    [Test]
    public void What_does_not_fit_is_refused([Values] PolicyEngine engine)
    {
        using var session = Choices(engine);
        using var vectors = PolicySession.Open(engine == PolicyEngine.Managed ? Support.Policies.Onnx(Support.Policies.Vectors) : LiteralPolicies.Elementwise("Softsign"));

        Assert.That(() => session.Act([1, 2, 3]), Throws.ArgumentException.With.Message.Contains("3 values").And.Message.Contains("has 4"));
        Assert.That(() => session.Act([1, 2, 3, 4, 5, 6, 7, 8]), Throws.ArgumentException.With.Message.Contains("8 values").And.Message.Contains("has 4"));
        Assert.That(() => session.Act([]), Throws.ArgumentException.With.Message.Contains("0 values"));
        Assert.That(() => session.Act([1, 2, 3, 4], new float[2]), Throws.ArgumentException.With.Message.Contains("room for 2 values instead of 1 for each of 1"));
        Assert.That(() => vectors.Act([1, 2, 3, 4]), Throws.InvalidOperationException.With.Message.Contains("pass a span"));
    }

    [Test]
    public void A_disposed_session_refuses_to_act_and_frees_what_it_acted_with([Values] PolicyEngine engine)
    {
        var session = Choices(engine);
        session.Act([1, 2, 3, 4]);
        session.Dispose();
        session.Dispose();

        Assert.That(() => session.Act([1, 2, 3, 4]), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Threads_that_act_while_the_session_is_disposed_end_with_an_exception([Values] PolicyEngine engine)
    {
        for (var round = 0; round < 20; round++)
        {
            var session = Choices(engine);
            using var acting = new CountdownEvent(4);
            var threads = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    session.Act([1, 2, 3, 4]);
                    acting.Signal();
                    while (true)
                        session.Act([1, 2, 3, 4]);
                },
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            acting.Wait();
            session.Dispose();

            foreach (var thread in threads)
                Assert.That(() => thread.Wait(TimeSpan.FromMinutes(1)), Throws.TypeOf<AggregateException>().With.InnerException.TypeOf<ObjectDisposedException>());
        }
    }

    private static PolicySession Choices(PolicyEngine engine) => PolicySession.Open(engine == PolicyEngine.Managed ? Support.Policies.Onnx(Support.Policies.Choices) : LiteralPolicies.InOnnxRuntime());

    private static float[] Run(PolicyBatch batch, float[][] observations)
    {
        for (var row = 0; row < observations.Length; row++)
            observations[row].CopyTo(batch.Observation(row));
        batch.Run(observations.Length);
        return [.. Enumerable.Range(0, observations.Length).SelectMany(row => batch.IsDiscrete ? [batch.Choice(row)] : batch.Action(row).ToArray())];
    }
}
