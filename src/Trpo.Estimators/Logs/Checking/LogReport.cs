using Trpo.Estimators.Environments.Checking;

namespace Trpo.Estimators.Logs.Checking;

/// <summary>The result of a check of a log.</summary>
public sealed class LogReport
{
    internal LogReport(IReadOnlyList<LogFinding> findings, long rows, IReadOnlyList<string> actionNames)
    {
        Findings = [.. findings.OrderByDescending(finding => finding.Severity == FindingSeverity.Error)];
        Rows = rows;
        ActionNames = actionNames;
    }

    /// <summary>The findings, errors first, one of each fault, and one of each action with a fault, at most 8 of them.</summary>
    public IReadOnlyList<LogFinding> Findings { get; }

    /// <summary>The number of rows.</summary>
    public long Rows { get; }

    /// <summary>The number of episodes; null for a log of independent decisions.</summary>
    public long? Episodes { get; internal init; }

    /// <summary>The names of the actions of the column's type, or of those that were met.</summary>
    public IReadOnlyList<string> ActionNames { get; }

    /// <summary>True if at least one finding is an error.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Throws an exception if at least one finding is an error; warnings are ignored.</summary>
    /// <exception cref="LogException">A finding is an error; the message is the whole report.</exception>
    public void ThrowIfFailed()
    {
        if (HasErrors)
            throw new LogException(ToString(), Findings[0].Row);
    }

    /// <summary>Returns a line about the log, and one for each finding.</summary>
    public override string ToString()
    {
        var errors = Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        var head = $"Log: {LogSize.Text(errors, "error")}, {LogSize.Text(Findings.Count - errors, "warning")}; {LogSize.Text(Rows, "row")}{(Episodes is { } episodes ? $", {LogSize.Text(episodes, "episode")}" : "")}, {LogSize.Text(ActionNames.Count, "action")}";
        return string.Join(Environment.NewLine, Findings.Select(finding => $"  {finding}").Prepend(head));
    }
}
