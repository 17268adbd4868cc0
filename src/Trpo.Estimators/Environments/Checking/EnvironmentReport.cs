using System.Globalization;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>The result of a check of an environment.</summary>
public sealed class EnvironmentReport
{
    internal EnvironmentReport(string? name, IReadOnlyList<EnvironmentFinding> findings, int steps, int episodes, StepCost cost)
    {
        Name = name;
        Findings = [.. findings.OrderByDescending(finding => finding.Severity == FindingSeverity.Error)];
        Steps = steps;
        Episodes = episodes;
        StepsPerSecond = cost.StepsPerSecond;
        BytesPerStep = cost.BytesPerStep;
    }

    /// <summary>The name of the environment; null if none could be created.</summary>
    public string? Name { get; }

    /// <summary>The findings, errors first: the first occurrence of each fault, or the first in each value or dimension that has it, at most 8 of them.</summary>
    public IReadOnlyList<EnvironmentFinding> Findings { get; }

    /// <summary>The number of steps of the random policy.</summary>
    public int Steps { get; }

    /// <summary>The number of episodes of the random policy that ended.</summary>
    public int Episodes { get; }

    /// <summary>The number of steps per second of the environment alone, on one thread; NaN if there was no step.</summary>
    public double StepsPerSecond { get; }

    /// <summary>The mean number of bytes that a step allocates on its thread; NaN if there was no step.</summary>
    public double BytesPerStep { get; }

    /// <summary>True if at least one finding is an error.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Throws an exception if at least one finding is an error; warnings are ignored.</summary>
    /// <exception cref="EnvironmentException">A finding is an error; the message is the whole report.</exception>
    public void ThrowIfFailed()
    {
        if (HasErrors)
            throw new EnvironmentException(ToString());
    }

    /// <summary>Returns a line about the environment, and one for each finding.</summary>
    public override string ToString()
    {
        var errors = Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"{(Name is null ? "No environment" : $"Environment '{Name}'")}: {Count(errors, "error")}, {Count(Findings.Count - errors, "warning")}; {Count(Steps, "step")} in {Count(Episodes, "episode")}");
        if (StepsPerSecond > 0)
            head += string.Create(CultureInfo.InvariantCulture, $", {StepsPerSecond:N0} steps/s, {BytesPerStep:0.#} bytes/step");
        return string.Join(Environment.NewLine, Findings.Select(finding => $"  {finding}").Prepend(head));
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
