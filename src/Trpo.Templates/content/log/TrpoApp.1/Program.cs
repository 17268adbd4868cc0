using System.Globalization;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;
using TrpoApp._1;

const int Seed = 1;
const int Rows = 10_000;
const string Folder = "artifacts";

Directory.CreateDirectory(Folder);
var (log, report, graph) = (Path.Combine(Folder, "log.csv"), Path.Combine(Folder, "report.html"), Path.Combine(Folder, "policy.onnx"));
if (!File.Exists(log))
{
    SyntheticLog.Write(log, Rows, Seed);
    Console.WriteLine($"Wrote {log}, an invented log of {Rows} decisions; put yours in its place");
}

var evaluation = LogLearning.Run(log, report, graph, Seed);
Console.WriteLine(evaluation);
Console.WriteLine($"Wrote {report}");
Console.WriteLine($"Wrote {graph}");

// The deployed part: it needs the file, and of the packages Trpo.Onnx only.
using var policy = PolicySession.Open(graph);
var invoice = new Invoice { Customer = "public", Amount = 250, DaysLate = 12 };
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A {invoice.Customer} customer, {invoice.DaysLate} days late with {invoice.Amount}: {policy.Metadata.Actions.Names[policy.ActOn(invoice)]}."));

return evaluation.Gain.Verdict == LogVerdict.Better ? 0 : 1;
