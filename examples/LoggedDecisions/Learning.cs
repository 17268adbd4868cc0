using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Reports;

namespace Trpo.Examples.LoggedDecisions;

/// <summary>The way from a log in a CSV file to a policy in an ONNX file.</summary>
internal static class Learning
{
    private static readonly LogColumns Columns = new(Action: "Banner", Reward: "Earned");

    /// <summary>Checks the log, learns on its first rows, evaluates on its last ones, and writes the report and the policy.</summary>
    /// <param name="log">The CSV file.</param>
    /// <param name="rows">The number of its rows.</param>
    /// <param name="report">The page of HTML to write.</param>
    /// <param name="graph">The ONNX file to write.</param>
    /// <param name="seed">The seed of all randomness.</param>
    public static LogEvaluation Run(string log, int rows, string report, string graph, int seed)
    {
        var ml = new MLContext(seed);

        // A text in quotes may have commas, and an empty number is missing, not 0.
        var view = ml.Data.LoadFromTextFile<Decision>(log, new TextLoader.Options { Separators = [','], HasHeader = true, AllowQuoting = true, MissingRealsAsNaNs = true });
        var check = ml.ReinforcementLearning.CheckLog(view, Columns);
        Console.WriteLine(check);
        check.ThrowIfFailed();

        // The last rows are as fresh as those to come, and nothing is learned from them.
        var learned = rows * 7 / 10;
        var (training, fresh) = (ml.Data.TakeRows(view, learned), ml.Data.SkipRows(view, learned));
        var pipeline = ml.Transforms.Categorical.OneHotEncoding("Device")
            .Append(ml.Transforms.ReplaceMissingValues([new("Age"), new("Hour")], MissingValueReplacingEstimator.ReplacementMode.Mean))
            .Append(ml.Transforms.Concatenate("Observation", "Device", "Age", "Hour"))
            .Append(ml.ReinforcementLearning.Trainers.TrpoFromLog(Columns, new TrpoFromLogOptions { Seed = seed, RewardModel = RewardModel.Network() }));
        using var model = pipeline.Fit(training);

        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(model, fresh, Columns);
        LogEvaluationReport.Save(evaluation, report, "Banners");

        // Only the columns that the transforms read are needed to act.
        PolicyModel.ExportToOnnx(model, graph, ml.Data.LoadFromEnumerable<Visitor>([]).Schema);
        return evaluation;
    }
}
