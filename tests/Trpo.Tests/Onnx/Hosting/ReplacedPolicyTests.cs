using System.Diagnostics;
using Trpo.Onnx;
using Trpo.Onnx.Hosting;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Hosting;

/// <summary>Tests of sixteen threads that act while their policy is replaced.</summary>
public sealed class ReplacedPolicyTests
{
    private const int Threads = 16;

    // A million calls of each thread in managed code take a second or two; OnnxRuntime takes ten times as long.
    [TestCase(PolicyEngine.Managed, 1_000_000)]
    [TestCase(PolicyEngine.OnnxRuntime, 20_000)]
    public void Actions_are_those_of_one_thread_and_one_policy(PolicyEngine engine, int calls)
    {
        var onnx = engine == PolicyEngine.Managed ? Support.Policies.Onnx(Support.Policies.Choices) : LiteralPolicies.InOnnxRuntime();
        var observations = Support.Policies.Observations(64);
        int[] expected = Expected(onnx, observations);
        using var host = new PolicyHost(PolicySession.Open(onnx));
        Assert.That(host.Act(observations[0]), Is.EqualTo(expected[0]));
        using var warm = new Barrier(Threads);
        var threads = Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(() => Act(host, observations, expected, calls, warm), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        var (replacements, memory) = (0, new List<long>());
        for (var clock = Stopwatch.StartNew(); !Task.WaitAll(threads, TimeSpan.FromMilliseconds(50));)
        {
            host.Replace(PolicySession.Open(onnx));
            replacements++;
            memory.Add(GC.GetTotalMemory(forceFullCollection: true));
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromMinutes(2)));
        }

        Assert.That(threads.Sum(thread => thread.Result.Wrong), Is.Zero);
        Assert.That(replacements, Is.GreaterThan(3));
        Assert.That(memory[^1], Is.LessThan(memory[0] + (4 << 20)), "replaced policies are freed");
        if (engine == PolicyEngine.Managed)
            Assert.That(threads.Sum(thread => thread.Result.Bytes), Is.Zero);
    }

    private static (int Wrong, long Bytes) Act(PolicyHost host, float[][] observations, int[] expected, int calls, Barrier warm)
    {
        var wrong = 0;
        for (var call = 0; call < 1_000; call++)
            host.Act(observations[call % observations.Length]);
        warm.SignalAndWait();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < calls; call++)
        {
            if (host.Act(observations[call % observations.Length]) != expected[call % observations.Length])
                wrong++;
        }

        return (wrong, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static int[] Expected(byte[] onnx, float[][] observations)
    {
        using var session = PolicySession.Open(onnx);
        return [.. observations.Select(observation => session.Act(observation))];
    }
}
