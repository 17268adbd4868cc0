using Spectre.Console;
using Trpo.Results.Report;

namespace Trpo.Results.Logs;

/// <summary>The verb <c>logs</c>: measures how often intervals and verdicts from logs are right, and writes docs/log-verdicts.md.</summary>
internal static class LogsRun
{
    /// <summary>The number of logs of an interval's coverage, unless another one is asked for.</summary>
    public const int DefaultReplications = 500;

    /// <summary>The number of logs of which policies are learned, unless another one is asked for.</summary>
    public const int DefaultVerdicts = 300;

    private static readonly (double Beta, int Rows)[] Logs = [(-1, 1_000), (-3, 1_000), (-3, 2_000), (-3, 8_000), (-6, 1_000), (-8.5, 1_000)];

    private static readonly (int Rows, bool HasEffect)[] Trials = [(2_000, false), (8_000, false), (2_000, true), (8_000, true)];

    /// <returns>0, or 130 if the run was interrupted: nothing is written then.</returns>
    public static int Execute(int replications, int verdicts, int parallel, DirectoryInfo documents, IAnsiConsole console, CancellationToken cancel)
    {
        var study = new LogStudy(parallel, cancel);
        try
        {
            List<LogCoverage> coverages = [];
            foreach (var (beta, rows) in Logs)
            {
                coverages.Add(study.Cover(beta, rows, replications));
                console.WriteLine($"softmax({beta} q), {rows:N0} rows: DR covers {coverages[^1].DoublyRobust:P1}, SNIPS {coverages[^1].SelfNormalized:P1}");
            }

            List<LogVerdicts> judged = [];
            foreach (var (rows, hasEffect) in Trials)
            {
                judged.AddRange(study.Judge(rows, hasEffect, verdicts));
                foreach (var verdict in judged.TakeLast(2))
                    console.WriteLine($"{rows:N0} rows, rewards {(hasEffect ? "with" : "without")} an effect, {LogsDocument.ActsOf(verdict)}: {verdict.Better} better and {verdict.Worse} worse of {verdicts}");
            }

            console.WriteLine($"Wrote {LogsDocument.Save(coverages, judged, documents)}");
            return 0;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            console.WriteLine("Interrupted: nothing was written.");
            return 130;
        }
    }
}
