using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

public sealed class CurveRecorderTests
{
    [Test]
    public void A_window_is_made_of_as_few_whole_iterations_as_hold_it()
    {
        var recorder = new CurveRecorder(window: 4);
        foreach (var iteration in new[] { Iteration(100, 3, -30), Iteration(200, 0, double.NaN), Iteration(300, 2, -10), Iteration(400, 2, -5), Iteration(500, 5, -1) })
            recorder.Report(iteration);

        Assert.That(recorder.Points, Is.EqualTo(new CurvePoint[]
        {
            new(100, -30, -30, IsFull: false),
            new(200, null, -30, IsFull: false),
            new(300, -10, -22, IsFull: true),
            new(400, -5, -7.5, IsFull: true),
            new(500, -1, -1, IsFull: true),
        }));
    }

    [Test]
    public void Before_an_episode_ended_nothing_is_known()
    {
        var recorder = new CurveRecorder(window: 4);
        recorder.Report(Iteration(100, 0, double.NaN));

        Assert.That(recorder.Points.Single(), Is.EqualTo(new CurvePoint(100, null, null, IsFull: false)));
    }

    [Test]
    public void A_window_of_100_is_the_trainers_own()
    {
        var recorder = new CurveRecorder(window: 100);
        recorder.Report(Iteration(100, 60, -30) with { MeanReturnOfLast100 = -30 });
        recorder.Report(Iteration(200, 60, -10) with { MeanReturnOfLast100 = -18 });

        Assert.That(recorder.Points.Select(point => (point.WindowMean, point.IsFull)), Is.EqualTo(new (double?, bool)[] { (-30, false), (-18, true) }));
    }

    [Test]
    public void A_task_is_solved_at_the_first_full_window_that_reaches_the_threshold()
    {
        CurvePoint[] curve = [new(100, 1, 480, IsFull: false), new(200, 1, 474.9, IsFull: true), new(300, 1, 475, IsFull: true), new(400, 1, 500, IsFull: true)];
        var result = TinyStudy.Result(seed: 1) with { Curve = curve };

        Assert.That(result.SolvedAt(new SolvedRule(475, 100)), Is.EqualTo(300));
        Assert.That(result.SolvedAt(new SolvedRule(501, 100)), Is.Null);
    }

    private static TrpoIteration Iteration(int steps, int episodes, double mean) => new()
    {
        Iteration = steps / 100,
        Steps = steps,
        TotalSteps = 1_000,
        Elapsed = TimeSpan.FromSeconds(1),
        Episodes = episodes,
        MeanReturn = mean,
        MeanReturnOfLast100 = double.NaN,
        MeanEpisodeLength = 1,
        Update = new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient },
        Entropy = 0,
        ExplainedVariance = 0,
        ValueLoss = 0,
        Times = new IterationTimes(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
    };
}
