namespace Trpo.Results.Studies;

/// <summary>A study on which candidates are compared.</summary>
/// <param name="Study">The study, with none of the candidates.</param>
/// <param name="Basis"><see cref="Candidate.Defaults"/> or <see cref="Candidate.Preset"/>.</param>
/// <param name="Candidates">The candidates; the first changes nothing.</param>
/// <param name="Steps">The numbers of environment steps.</param>
internal sealed record Comparison(Study Study, string Basis, IReadOnlyList<Candidate> Candidates, IReadOnlyList<int> Steps)
{
    /// <summary>The prefix of the files of ways to end a training.</summary>
    public const string Endings = "ends";

    /// <summary>The start of the name of the folder of the files.</summary>
    public string Prefix { get; init; } = Endings;

    /// <summary>The return from which on a seed has learned the task; null if the comparison counts none.</summary>
    public LearnedRule? Learned { get; init; }

    /// <summary>The candidates whose settings no candidate before them has, each with the studies of all numbers of steps. The first one changes nothing.</summary>
    public IReadOnlyList<(Candidate Candidate, IReadOnlyList<Study> Studies)> Rows
    {
        get
        {
            var seen = new HashSet<string>();
            return [.. Candidates.Where(candidate => IsNew(candidate, seen)).Select(candidate => (candidate, (IReadOnlyList<Study>)[.. Steps.Select(steps => candidate.Of(Study, Basis, steps, Prefix))]))];
        }
    }

    // An optimizer of its own would ignore the radius that falls in the preset.
    private bool IsNew(Candidate candidate, HashSet<string> seen)
    {
        var study = candidate.Of(Study, Basis, Steps[0], Prefix);
        return (study.Prepare is null || Study.Options.FinalMaxKl is null) && seen.Add(string.Join(", ", SettingsReader.Of(study)));
    }
}
