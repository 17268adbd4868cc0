using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Statistics;

/// <summary>What the seeds of a study reached together.</summary>
internal sealed class Summary
{
    public Summary(Study study, IReadOnlyList<SeedResult> results)
    {
        Study = study;
        Results = results;
        double[] means = [.. results.Select(result => result.Mean)];
        Mean = means.Average();
        DeviationOverSeeds = Sample.Deviation(means);
        DeviationOverEpisodes = Sample.DeviationOfPopulation([.. results.SelectMany(result => result.Returns)]);
        Interval = Sample.BootstrapOfMean(means);
        Worst = means.Min();
        int?[] solved = [.. results.Select(result => result.SolvedAt(study.Solved))];
        Failed = solved.Count(steps => steps is null);
        FirstSolved = solved.Min();
        LastSolved = Failed == 0 ? solved.Max() : null;
        MedianSolved = Sample.Median(solved.Select(steps => steps ?? double.PositiveInfinity));
        MedianSeconds = Sample.Median(results.Select(result => result.TrainingSeconds));
    }

    public Study Study { get; }

    public IReadOnlyList<SeedResult> Results { get; }

    /// <summary>The mean over seeds of the mean return of the evaluation.</summary>
    public double Mean { get; }

    /// <summary>The standard deviation over seeds of the mean return; NaN for one seed.</summary>
    public double DeviationOverSeeds { get; }

    /// <summary>The standard deviation over all episodes of all seeds.</summary>
    public double DeviationOverEpisodes { get; }

    /// <summary>Where the mean lies with 95 %, by a bootstrap over seeds.</summary>
    public (double Low, double High) Interval { get; }

    /// <summary>The mean return of the worst seed.</summary>
    public double Worst { get; }

    /// <summary>The number of seeds that did not solve the task in training.</summary>
    public int Failed { get; }

    /// <summary>The fewest steps to solve; null if no seed solved the task.</summary>
    public int? FirstSolved { get; }

    /// <summary>The most steps to solve; null if a seed did not.</summary>
    public int? LastSolved { get; }

    /// <summary>The median of the steps to solve; a seed that did not has taken for ever, so that it may be infinite.</summary>
    public double MedianSolved { get; }

    public double MedianSeconds { get; }

    /// <summary>Whether all of it was measured with the build of the library that is running.</summary>
    public bool IsOfThisBuild => Results.All(result => result.Fingerprint.Library == LibraryBuild.Id);
}
