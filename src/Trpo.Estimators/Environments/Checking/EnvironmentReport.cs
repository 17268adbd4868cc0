using System.Globalization;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>What a check found out about an environment.</summary>
public sealed class EnvironmentReport
{
    internal EnvironmentReport(string? name, IReadOnlyList<EnvironmentFinding> findings, int steps, int episodes, StepCost cost)
    {
        Name = name;
        Findings = [.. findings.OrderByDescending(finding => finding.Severity)];
        Steps = steps;
        Episodes = episodes;
        StepsPerSecond = cost.StepsPerSecond;
        BytesPerStep = cost.BytesPerStep;
    }

    /// <summary>The environment's name; null where there was none to ask.</summary>
    public string? Name { get; }

    /// <summary>What is wrong, errors first; of each fault the first occurrence, or the first in each of the values or dimensions that have it, up to 8 of them.</summary>
    public IReadOnlyList<EnvironmentFinding> Findings { get; }

    /// <summary>The steps that a random policy made.</summary>
    public int Steps { get; }

    /// <summary>The episodes of the random policy that ended.</summary>
    public int Episodes { get; }

    /// <summary>How many steps the environment alone makes in a second, on one thread; NaN where it made none.</summary>
    public double StepsPerSecond { get; }

    /// <summary>How many bytes a step allocates on average, on the thread that makes it; NaN where there was none.</summary>
    public double BytesPerStep { get; }

    /// <summary>Whether a finding is an error.</summary>
    public bool HasErrors => Findings.Any(finding => finding.Severity == FindingSeverity.Error);

    /// <summary>Throws where there is an error; warnings do not count.</summary>
    /// <exception cref="EnvironmentException">There is an error; the message is the whole report.</exception>
    public void ThrowIfFailed()
    {
        if (HasErrors)
            throw new EnvironmentException(ToString());
    }

    /// <summary>A line about the environment as a whole, and one for each finding.</summary>
    public override string ToString()
    {
        var errors = Findings.Count(finding => finding.Severity == FindingSeverity.Error);
        var head = string.Create(CultureInfo.InvariantCulture,
            $"{(Name is null ? "No environment" : $"Environment '{Name}'")}: {Count(errors, "error")}, {Count(Findings.Count - errors, "warning")}; {Count(Steps, "step")} in {Count(Episodes, "episode")}");
        if (StepsPerSecond > 0)
            head += string.Create(CultureInfo.InvariantCulture, $", {StepsPerSecond:N0} steps a second, {BytesPerStep:0.#} bytes a step");
        return string.Join(Environment.NewLine, Findings.Select(finding => $"  {finding}").Prepend(head));
    }

    private static string Count(int number, string what) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {what}{(number == 1 ? "" : "s")}");
}
