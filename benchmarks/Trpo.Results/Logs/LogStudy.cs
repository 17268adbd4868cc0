using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;

namespace Trpo.Results.Logs;

/// <summary>Replications of evaluations and of learning from logs of a world whose truth is known, each with a seed of its own.</summary>
/// <param name="parallel">The number of replications at a time; results do not depend on it.</param>
/// <param name="cancel">Ends the study.</param>
internal sealed class LogStudy(int parallel, CancellationToken cancel)
{
    private static readonly LogColumns Columns = new();

    /// <summary>Evaluates softmax(3 q) on logs.</summary>
    /// <param name="beta">The logging policy is softmax(beta q).</param>
    /// <param name="rows">The rows of a log.</param>
    /// <param name="replications">The number of logs.</param>
    public LogCoverage Cover(double beta, int rows, int replications)
    {
        var generator = SyntheticLog.Load(beta);
        var evaluations = Replicate(replications, seed => LogEvaluator.Run(() => generator.Draw(rows, seed), new LogEvaluationOptions(), cancel.ThrowIfCancellationRequested));
        return new LogCoverage(beta, rows, replications, evaluations.Average(evaluation => evaluation.EffectiveSampleSize), evaluations.Average(evaluation => evaluation.RewardedMatches),
            Covered(OffPolicyEstimator.DR), Covered(OffPolicyEstimator.SNIPS), evaluations.Count(evaluation => evaluation.IsTrustworthy) / (double)replications);

        double Covered(OffPolicyEstimator estimator) => evaluations.Count(evaluation => evaluation[estimator].Interval is { } interval && interval.Low <= generator.Truth && generator.Truth <= interval.High) / (double)replications;
    }

    /// <summary>Learns a policy from half of a log, and judges it on the other half and, wrongly, on the half that it learned from.</summary>
    /// <param name="rows">The rows of a log.</param>
    /// <param name="hasEffect">False if rewards depend on nothing, so that no policy is better than another.</param>
    /// <param name="replications">The number of logs.</param>
    /// <returns>The verdicts on the policies that draw their actions, and on those that take the most probable.</returns>
    public LogVerdicts[] Judge(int rows, bool hasEffect, int replications)
    {
        var generator = SyntheticLog.Load();
        var judged = Replicate(replications, seed =>
        {
            var ml = new MLContext((int)seed);
            var decisions = Decisions(generator.Draw(rows, seed, hasEffect).Rows);
            var (learned, fresh) = (View(ml, decisions[..(rows / 2)]), View(ml, decisions[(rows / 2)..]));
            using var policy = ml.ReinforcementLearning.Trainers.TrpoFromLog(Columns, new() { Seed = (int)seed, Threads = 1, Progress = TrpoFromLogProgress.None, Cancellation = cancel }).Fit(learned);
            cancel.ThrowIfCancellationRequested();
            LogEvaluation Evaluate(IDataView view, ActionSelection selection) => ml.ReinforcementLearning.EvaluateFromLog(policy, view, Columns, new LogEvaluationOptions { Selection = selection });
            return ((ActionSelection[])[ActionSelection.Sample(), ActionSelection.Mode]).Select(selection => (Fresh: Evaluate(fresh, selection), Own: Evaluate(learned, selection))).ToArray();
        });
        return [Verdicts(0), Verdicts(1)];

        LogVerdicts Verdicts(int selection)
        {
            int Count(Func<(LogEvaluation Fresh, LogEvaluation Own), bool> isCounted) => judged.Count(pairs => isCounted(pairs[selection]));
            return new LogVerdicts(rows, hasEffect, IsDrawn: selection == 0, replications,
                Count(pair => pair.Fresh.Gain.Verdict == LogVerdict.Better), Count(pair => pair.Fresh.Gain.Verdict == LogVerdict.Worse), Count(pair => !pair.Fresh.IsTrustworthy), Count(pair => pair.Own.Gain.Verdict == LogVerdict.Better),
                judged.Average(pairs => pairs[selection].Fresh.Gain.DoublyRobust));
        }
    }

    private T[] Replicate<T>(int count, Func<ulong, T> replicate)
    {
        var results = new T[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel }, index => results[index] = replicate((ulong)index + 1));
        return results;
    }

    private static Row[] Decisions(LoggedRows rows) => [.. Enumerable.Range(0, rows.Count).Select(row => new Row { Observation = rows.Observation(row).ToArray(), Action = rows.Actions[row], Probability = rows.Propensities[row], Reward = rows.Rewards[row] })];

    private static IDataView View(MLContext ml, Row[] rows)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Observation)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Observation.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Row
    {
        public float[] Observation { get; set; } = [];

        public int Action { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
