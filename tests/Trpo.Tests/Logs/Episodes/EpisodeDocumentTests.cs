using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>Tests of the results that code about episodes as in docs/logged-decisions.md has.</summary>
public sealed class EpisodeDocumentTests
{
    [Test]
    public void The_documented_evaluation_of_episodes_works()
    {
        var ml = new MLContext(seed: 1);
        var log = ml.Data.LoadFromEnumerable(MarkovLog.RowsOf(new MarkovLog(states: 4, horizon: 6, distance: 0.2).Draw(1_000, seed: 1)).Select(row => new Turn
        {
            Observation = row.Observation,
            Action = row.Action,
            Probability = row.Probability,
            Reward = row.Reward,
            Game = $"game {row.Episode}",
            Number = (int)row.Step,
        }));
        Func<LoggedContext, double[]> policy = _ => [0.3, 0.4, 0.3];

        // Rows with the same game are one episode, in the order of their turns.
        var columns = new LogColumns { Episode = "Game", Step = "Turn" };
        ml.ReinforcementLearning.CheckLog(log, columns).ThrowIfFailed();
        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(policy, log, columns, new LogEvaluationOptions { Discount = 0.99 });
        Console.WriteLine($"{evaluation.DoublyRobust}, of {evaluation.Episodes} episodes");

        Assert.That(evaluation.DoublyRobust.Estimator, Is.EqualTo(OffPolicyEstimator.WDR));
        Assert.That(evaluation.DoublyRobust.Interval!.Value.Low, Is.GreaterThan(0));
    }

    private sealed class Turn
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];

        public int Action { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }

        public string Game { get; set; } = "";

        [ColumnName("Turn")]
        public int Number { get; set; }
    }
}
