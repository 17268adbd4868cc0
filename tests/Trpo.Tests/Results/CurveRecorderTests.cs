using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class CurveRecorderTests
{
    [Test]
    public void The_window_holds_the_last_episodes_of_whichever_iterations()
    {
        var recorder = new CurveRecorder(window: 4);
        foreach (var iteration in new[] { Iteration(100, -30, -20, -10), Iteration(200), Iteration(300, -6, -4), Iteration(400, -1, -2, -3, -4, -5) })
            recorder.Report(iteration);

        Assert.That(recorder.Points, Is.EqualTo(new CurvePoint[]
        {
            new(100, -20, -20, IsFull: false),
            new(200, null, -20, IsFull: false),
            new(300, -5, -10, IsFull: true),
            new(400, -3, -3.5, IsFull: true),
        }));
    }

    [Test]
    public void Before_an_episode_ended_nothing_is_known()
    {
        var recorder = new CurveRecorder(window: 4);
        recorder.Report(Iteration(100));

        Assert.That(recorder.Points.Single(), Is.EqualTo(new CurvePoint(100, null, null, IsFull: false)));
    }

    [Test]
    public void A_task_is_solved_at_the_first_full_window_that_reaches_the_threshold()
    {
        CurvePoint[] curve = [new(100, 1, 480, IsFull: false), new(200, 1, 474.9, IsFull: true), new(300, 1, 475, IsFull: true), new(400, 1, 500, IsFull: true)];
        var result = TinyStudy.Result(seed: 1) with { Curve = curve };

        Assert.That(result.SolvedAt(new SolvedRule(475, 100)), Is.EqualTo(300));
        Assert.That(result.SolvedAt(new SolvedRule(501, 100)), Is.Null);
    }

    private static TrpoIteration Iteration(int steps, params double[] returns) => new()
    {
        Iteration = steps / 100,
        Steps = steps,
        TotalSteps = 1_000,
        Elapsed = TimeSpan.FromSeconds(1),
        Returns = returns,
        MeanReturn = returns.Length == 0 ? double.NaN : returns.Average(),
        MeanReturnOfLast100 = double.NaN,
        MeanEpisodeLength = 1,
        Update = new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient },
        Entropy = 0,
        ExplainedVariance = 0,
        ValueLoss = 0,
        Times = new IterationTimes(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
    };
}
