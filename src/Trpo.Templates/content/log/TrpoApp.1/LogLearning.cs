using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Reports;

namespace TrpoApp._1;

/// <summary>The way from a log in a CSV file to a policy in an ONNX file.</summary>
public static class LogLearning
{
    private static readonly LogColumns Columns = new(Action: "Channel", Reward: "Gain");

    /// <summary>Checks the log, learns from its first rows, evaluates on its last ones, and writes the report and the policy.</summary>
    /// <param name="log">The CSV file.</param>
    /// <param name="report">The page of HTML to write.</param>
    /// <param name="graph">The ONNX file to write.</param>
    /// <param name="seed">The seed of all randomness: the same one gives the same policy.</param>
    /// <returns>The evaluation on the last rows.</returns>
    public static LogEvaluation Run(string log, string report, string graph, int seed)
    {
        var ml = new MLContext(seed);

        // A text in quotes may have commas, and an empty number is missing, not 0.
        var view = ml.Data.LoadFromTextFile<Reminder>(log, new TextLoader.Options { Separators = [','], HasHeader = true, AllowQuoting = true, MissingRealsAsNaNs = true });
        var check = ml.ReinforcementLearning.CheckLog(view, Columns);
        Console.WriteLine(check);
        check.ThrowIfFailed();

        // The last three tenths are as fresh as what is to come. Rows that were learned from would flatter the policy.
        var learned = view.GetColumn<string>(nameof(Reminder.Channel)).Count() * 7 / 10;
        var (training, fresh) = (ml.Data.TakeRows(view, learned), ml.Data.SkipRows(view, learned));
        using var model = ml.Transforms.Categorical.OneHotEncoding("Customer")
            .Append(ml.Transforms.Concatenate("Observation", "Customer", "Amount", "DaysLate"))
            .Append(ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false))
            .Append(ml.ReinforcementLearning.Trainers.TrpoFromLog(Columns, new TrpoFromLogOptions { Seed = seed }))
            .Fit(training);

        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(model, fresh, Columns);
        LogEvaluationReport.Save(evaluation, report, "Reminders");

        // To act, a policy needs the columns of an invoice only.
        PolicyModel.ExportToOnnx(model, graph, ml.Data.LoadFromEnumerable<Invoice>([]).Schema);
        return evaluation;
    }
}
