using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators;
using Trpo.Estimators.Logs;

namespace Trpo.Cli.Logs;

/// <summary>The check of the probabilities of a log before a policy is evaluated on it: where they are wrong, every estimate is.</summary>
internal static class LogProbabilityCheck
{
    /// <summary>Reads the rows and warns of probabilities that may have been guessed. Faults of single rows are left to the evaluation.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="file">The log, for messages.</param>
    /// <param name="words">The words of the command line.</param>
    /// <param name="terminal">The receiver of warnings.</param>
    /// <param name="cancel">Ends the pass.</param>
    /// <exception cref="CommandException">The probabilities are not those with which actions were drawn.</exception>
    public static void Run(MLContext ml, IDataView rows, LogChoice choice, LogFile file, LogWords words, Terminal terminal, CancellationToken cancel)
    {
        var findings = ml.ReinforcementLearning.CheckLog(LogPipeline.WithKeys(ml, choice, rows), choice.Columns(null), cancel).Findings;
        if (findings.FirstOrDefault(finding => finding.Fault == LogFault.ProbabilitiesContradictActions) is { } wrong)
            throw new CommandException($"No policy can be evaluated on {file.Path}: {words.Of(wrong.Message)}");
        foreach (var finding in findings.Where(finding => finding.Fault == LogFault.ProbabilitiesEqual))
            terminal.Warn($"{words.Of(finding.Message)}");
    }
}
