namespace Trpo.Estimators.Environments.Checking;

/// <summary>The findings of a check as they come. An environment that does something wrong does it again and again: the first time is enough.</summary>
internal sealed class EnvironmentFindings
{
    // An image has tens of thousands of values, and what is wrong with one of them mostly is with all.
    private const int MostParts = 8;

    private readonly List<EnvironmentFinding> _findings = [];
    private readonly HashSet<(EnvironmentFault Fault, int Part)> _known = [];

    public IReadOnlyList<EnvironmentFinding> All => _findings;

    /// <summary>Whether such a finding is new, and a message worth making.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="part">The part of the environment that it is wrong with, a value of the observation for example, where each of the first ones counts for itself.</param>
    public bool IsNew(EnvironmentFault fault, int part = 0) => !_known.Contains((fault, part)) && Count(fault) < MostParts;

    public bool Has(EnvironmentFault fault) => _findings.Any(finding => finding.Fault == fault);

    public void Add(EnvironmentFault fault, string message, int part = 0)
    {
        if (!IsNew(fault, part))
            return;
        _known.Add((fault, part));
        _findings.Add(new EnvironmentFinding(fault, Count(fault) < MostParts - 1 ? message : $"{message} It is the last one that is named; there may be more."));
    }

    private int Count(EnvironmentFault fault) => _findings.Count(finding => finding.Fault == fault);
}
