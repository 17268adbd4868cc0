using Trpo.Results.Files;
using Trpo.Results.Studies;

namespace Trpo.Results.Statistics;

/// <summary>Statistics over all seeds of a study.</summary>
internal sealed class Summary
{
    public Summary(Study study, IReadOnlyList<SeedResult> results)
    {
        Study = study;
        Results = results;
        double[] means = [.. results.Select(result => result.Mean)];
        Mean = means.Average();
        InterquartileMean = Sample.InterquartileMean(means);
        DeviationOverSeeds = Sample.Deviation(means);
        DeviationOverEpisodes = Sample.PopulationDeviation([.. results.SelectMany(result => result.Returns)]);
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

    /// <summary>The mean of the middle half of the seeds' mean returns.</summary>
    public double InterquartileMean { get; }

    /// <summary>The standard deviation over seeds of the mean return; NaN for one seed.</summary>
    public double DeviationOverSeeds { get; }

    /// <summary>The standard deviation over all episodes of all seeds.</summary>
    public double DeviationOverEpisodes { get; }

    /// <summary>The 95 % interval of the mean, by a bootstrap over seeds.</summary>
    public (double Low, double High) Interval { get; }

    /// <summary>The mean return of the worst seed.</summary>
    public double Worst { get; }

    /// <summary>The number of seeds that did not solve the task in training.</summary>
    public int Failed { get; }

    /// <summary>The minimum of the steps to solve; null if no seed solved the task.</summary>
    public int? FirstSolved { get; }

    /// <summary>The maximum of the steps to solve; null if a seed did not solve the task.</summary>
    public int? LastSolved { get; }

    /// <summary>The median of the steps to solve; a seed that did not solve the task counts as infinity.</summary>
    public double MedianSolved { get; }

    public double MedianSeconds { get; }

    /// <summary>True if all seeds were measured with the running build of the library.</summary>
    public bool IsOfThisBuild => Results.All(result => result.Fingerprint.Library == LibraryBuild.Id);
}
