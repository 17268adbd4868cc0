using Trpo.Results.Studies;

namespace Trpo.Results.Report;

/// <summary>The page of the verb <c>candidates</c>, which compares the ways to end a training.</summary>
internal static class EndingsPage
{
    public static ComparisonPage Page { get; } = new()
    {
        Verb = "candidates",
        FileName = "endings.md",
        Title = "How a training ends",
        Introduction = "The last policy is the one that is deployed. These tables compare ways to make it a good one",
        Column = "ending",
        Notes =
        [
            $"Settings: \"{Candidate.Defaults}\" are the trainer's defaults and what the task needs; \"{Candidate.Preset}\" has the settings of [the results](results.md), whose radius falls to 0.001 in every row.",
            "A candidate that was not measured on a study has no row there; all are in [Candidates.cs](../benchmarks/Trpo.Results/Studies/Candidates.cs).",
            "What follows from the tables for a training of one's own is in [training.md](training.md).",
        ],
        Comparisons = settings => settings.Candidates,
    };
}
