namespace Trpo.Estimators.Environments.Checking;

/// <summary>The findings of a check. Of repeated occurrences of a fault in one part of the environment, only the first is kept.</summary>
internal sealed class EnvironmentFindings
{
    // An image has tens of thousands of values, and a fault of one of them is mostly a fault of all.
    private const int MaxParts = 8;

    private readonly List<EnvironmentFinding> _findings = [];
    private readonly HashSet<(EnvironmentFault Fault, int Part)> _known = [];

    /// <summary>The findings in the order in which they were added.</summary>
    public IReadOnlyList<EnvironmentFinding> All => _findings;

    /// <summary>Returns true if a finding would be added, so that its message is worth composing.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="part">The part of the environment that has the fault, for example the index of a value of the observation; 0 for the environment as a whole.</param>
    public bool IsNew(EnvironmentFault fault, int part = 0) => !_known.Contains((fault, part)) && Count(fault) < MaxParts;

    /// <summary>Returns true if there is a finding of this fault.</summary>
    public bool Has(EnvironmentFault fault) => _findings.Any(finding => finding.Fault == fault);

    /// <summary>Adds a finding, unless its fault is known of this part or of the maximum number of parts.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="message">The message.</param>
    /// <param name="part">The part of the environment that has the fault.</param>
    public void Add(EnvironmentFault fault, string message, int part = 0)
    {
        if (!IsNew(fault, part))
            return;
        _known.Add((fault, part));
        _findings.Add(new EnvironmentFinding(fault, Count(fault) < MaxParts - 1 ? message : $"{message} Further findings of this fault are not listed."));
    }

    private int Count(EnvironmentFault fault) => _findings.Count(finding => finding.Fault == fault);
}
