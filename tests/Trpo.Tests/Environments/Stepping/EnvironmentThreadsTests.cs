using System.Collections.Concurrent;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Evaluation;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests that training and evaluation do not depend on the number of threads that step the environments.</summary>
public sealed class EnvironmentThreadsTests
{
    private static readonly Dictionary<string, Func<IEnvironment>> Factories = new()
    {
        ["CartPole"] = () => new CartPole(),
        ["Pendulum"] = () => new Pendulum(),
        ["uneven"] = () => new HookedEnvironment(new CartPole(), _ => Thread.SpinWait(Random.Shared.Next(10_000))),
    };

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void One_thread_is_the_default_and_fewer_are_refused()
    {
        Assert.That(_ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole()).Threads, Is.EqualTo(1));
        Assert.That(_ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, threads: 7).Threads, Is.EqualTo(7));
        Assert.That(() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), threads: 0),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("threads"));
    }

    [TestCase("CartPole")]
    [TestCase("Pendulum")]
    [TestCase("uneven")]
    public void Learning_curve_and_onnx_bytes_do_not_depend_on_the_number_of_threads(string environment)
    {
        var (curve, onnx) = Train(Factories[environment], threads: 1);
        Assert.That(curve, Has.Count.EqualTo(4));
        Assert.That(curve[^1].MeanReturnOfLast100, Is.Not.NaN, "episodes have ended");

        foreach (var threads in new[] { 2, 3, 9 })
        {
            var (otherCurve, otherOnnx) = Train(Factories[environment], threads);
            Assert.That(otherCurve.Select(Numbers), Is.EqualTo(curve.Select(Numbers)), $"{threads} threads");
            Assert.That(otherCurve.SelectMany(iteration => iteration.Returns), Is.EqualTo(curve.SelectMany(iteration => iteration.Returns)), $"{threads} threads");
            Assert.That(otherOnnx, Is.EqualTo(onnx), $"{threads} threads");
        }
    }

    [TestCase("CartPole")]
    [TestCase("uneven")]
    public void Evaluation_does_not_depend_on_the_number_of_threads(string environment)
    {
        var alone = Evaluate(Factories[environment], threads: 1);
        var together = Evaluate(Factories[environment], threads: 2);

        Assert.That(alone.Lengths.Distinct().Count(), Is.GreaterThan(1), "the episodes differ");
        Assert.That(together.Returns, Is.EqualTo(alone.Returns));
        Assert.That(together.Lengths, Is.EqualTo(alone.Lengths));
    }

    [Test]
    public void With_one_thread_every_call_comes_from_the_thread_that_trains()
    {
        var callers = new ConcurrentDictionary<Thread, bool>();
        Train(() => new HookedEnvironment(new CartPole(), _ => callers.TryAdd(Thread.CurrentThread, true)), threads: 1);

        Assert.That(callers.Keys, Is.EqualTo(new[] { Thread.CurrentThread }));
    }

    [Test]
    public void Slow_environments_overlap()
    {
        // Each call waits for a call of the other environment; all episodes are equally long, so resets come in pairs too.
        using var barrier = new Barrier(2);
        Func<IEnvironment> Meeting(TimeSpan patience) => () => new HookedEnvironment(new CountingEnvironment(), _ =>
        {
            if (!barrier.SignalAndWait(patience))
                throw new TimeoutException("Nobody came.");
        });

        Assert.That(() => Train(Meeting(TimeSpan.FromSeconds(30)), threads: 2, count: 2), Throws.Nothing);
        Assert.That(Evaluate(Meeting(TimeSpan.FromSeconds(30)), threads: 2, count: 2, episodes: 6).Lengths, Is.All.EqualTo(4));
        Assert.That(() => Train(Meeting(TimeSpan.Zero), threads: 1, count: 2), Throws.TypeOf<EnvironmentException>().With.Message.Contains("Nobody came."));
    }

    private (IReadOnlyList<TrpoIteration> Curve, byte[] Onnx) Train(Func<IEnvironment> factory, int threads, int count = 5)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory, count, rows: 100, threads: threads);
        var listener = new Listener();
        var policy = _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 1_200, StepsPerIteration = 300, HiddenLayers = [8], Seed = 1, Progress = listener }).Fit(environment);
        return (listener.Iterations, policy.Onnx.ToArray());
    }

    // The numbers of an iteration without its times and its list, which records compare by reference.
    private static TrpoIteration Numbers(TrpoIteration iteration) => iteration with { Returns = [], Elapsed = default, Times = new(default, default, default, default) };

    private PolicyEvaluation Evaluate(Func<IEnvironment> factory, int threads, int count = 3, int episodes = 10)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory, count, threads: threads);
        using var policy = Support.Policies.Transformer(environment.ActionSpace, environment.ObservationSpace.Length);
        return _ml.ReinforcementLearning.Evaluate(policy, environment, episodes);
    }
}
