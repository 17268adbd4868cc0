using System.Text;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx.Files;
using Trpo.Reports.Logs;

namespace Trpo.Reports;

/// <summary>The report of an evaluation from a log: one page of HTML that opens without a network, with the verdict, the estimates, the overlap, the reward model and the actions that moved.</summary>
public static class LogEvaluationReport
{
    /// <summary>Writes the report. A file of that name is replaced.</summary>
    /// <param name="evaluation">The evaluation.</param>
    /// <param name="path">The path of the file; its folder is created if it is missing.</param>
    /// <param name="title">The heading, such as the name of the policy; "Policy" by default.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(LogEvaluation evaluation, string path, string title = "Policy")
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(title);
        AtomicFile.Write(path, Encoding.UTF8.GetBytes(EvaluationPage.Of(evaluation, title)));
    }
}
