namespace Trpo.Results.Studies;

/// <summary>A study on which the ways to end a training are compared.</summary>
/// <param name="Study">The study, whose training ends as without any candidate.</param>
/// <param name="Basis"><see cref="Candidate.Defaults"/> or <see cref="Candidate.Preset"/>.</param>
/// <param name="Candidates">The candidates; the first changes nothing.</param>
/// <param name="Steps">The numbers of environment steps.</param>
internal sealed record Comparison(Study Study, string Basis, IReadOnlyList<Candidate> Candidates, IReadOnlyList<int> Steps)
{
    /// <summary>The candidates whose settings no candidate before them has, each with the studies of all numbers of steps. The first one changes nothing.</summary>
    public IReadOnlyList<(Candidate Candidate, IReadOnlyList<Study> Studies)> Rows
    {
        get
        {
            var seen = new HashSet<string>();
            return [.. Candidates.Where(candidate => IsNew(candidate, seen)).Select(candidate => (candidate, (IReadOnlyList<Study>)[.. Steps.Select(steps => candidate.Of(Study, Basis, steps))]))];
        }
    }

    // An optimizer of its own would ignore the radius that falls in the preset.
    private bool IsNew(Candidate candidate, HashSet<string> seen)
    {
        var study = candidate.Of(Study, Basis, Steps[0]);
        return (study.Prepare is null || Study.Options.FinalMaxKl is null) && seen.Add(string.Join(", ", SettingsReader.Of(study)));
    }
}
