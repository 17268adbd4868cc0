using System.Text;
using Trpo.Results.Logs;

namespace Trpo.Results.Report;

/// <summary>The document of the verb <c>logs</c>.</summary>
internal static class LogsDocument
{
    /// <returns>The path of the file.</returns>
    public static string Save(IReadOnlyList<LogCoverage> coverages, IReadOnlyList<LogVerdicts> verdicts, DirectoryInfo folder)
    {
        var text = new StringBuilder();
        var (replications, trials) = (coverages[0].Replications, verdicts[0].Replications);
        var options = (replications, trials) == (LogsRun.DefaultReplications, LogsRun.DefaultVerdicts) ? "" : FormattableString.Invariant($" --replications {replications} --verdicts {trials}");
        text.Paragraph("# How often are estimates and verdicts from logs right?");
        text.Paragraph($"```\ndotnet run -c Release --project benchmarks/Trpo.Results -- logs{options}\n```");
        text.Paragraph("measures it in a world whose truth is known: ten actions whose chance of a reward depends on five numbers (the recipe of the Open Bandit Pipeline's synthetic data, Saito et al. 2021, with fixed coefficients). [Logged decisions](logged-decisions.md) explains the numbers.");
        text.Paragraph("## Intervals");
        text.Paragraph(FormattableString.Invariant($"The policy softmax(3 q), which is worth 0.613, is evaluated on {replications} logs of softmax(beta q). Share of intervals of 95 % that hold the truth:"));
        text.TableHead(["beta", "rows", "effective rows", "of them with another reward than the commonest", "DR", "SNIPS", "trusted"]);
        foreach (var coverage in coverages)
            text.TableRow([$"{coverage.Beta}", $"{coverage.Rows:N0}", $"{coverage.EffectiveRows:F0}", $"{coverage.RewardedMatches:F0}", $"{coverage.DoublyRobust:P1}", $"{coverage.SelfNormalized:P1}", $"{coverage.Trusted:P0}"]);
        text.Line("");
        text.Paragraph(FormattableString.Invariant($"A share of 95 % of {replications} logs has a standard error of {100 * Math.Sqrt(0.95 * 0.05 / replications):F1} points. \"Trusted\" is the share of logs on which `IsTrustworthy` is true; on the others, the verdict is `Undecided` whatever the intervals say."));
        text.Paragraph("## Verdicts");
        text.Paragraph(FormattableString.Invariant($"A policy is learned by `TrpoFromLog` with every default from the first half of a log of softmax(-3 q), and judged at 95 % on the other half, {trials} logs each: as it draws its actions by their probabilities, and as it takes the most probable one, which is the default. Where rewards depend on nothing, every verdict but `Undecided` is wrong, which up to 5 % may be. Where they depend on the action, the log is worth 0.391. An evaluation that is not to be trusted is `Undecided`. The last column judges the policy on the rows that it was learned from, which is what not to do:"));
        text.TableHead(["rows", "rewards", "actions", "better", "worse", "wrong", "not to be trusted", "mean gain", "better, on its own rows"]);
        foreach (var verdict in verdicts)
            text.TableRow([$"{verdict.Rows:N0}", verdict.HasEffect ? "depend on the action" : "depend on nothing", ActsOf(verdict), Share(verdict.Better), Share(verdict.Worse), Share(verdict.HasEffect ? verdict.Worse : verdict.Better + verdict.Worse), Share(verdict.Untrusted), $"{verdict.Gain:G2}", Share(verdict.BetterOnItsOwn)]);
        text.Line("");
        text.Paragraph(FormattableString.Invariant($"A share of 5 % of {trials} logs has a standard error of {100 * Math.Sqrt(0.95 * 0.05 / trials):F1} points."));
        return Markdown.Save(text.Finish(), folder, "log-verdicts.md");

        string Share(int count) => FormattableString.Invariant($"{(double)count / trials:P1}");
    }

    /// <summary>Returns how a policy acts, in words.</summary>
    public static string ActsOf(LogVerdicts verdict) => verdict.IsDrawn ? "drawn" : "most probable";
}
