namespace Trpo.Estimators.Evaluation;

/// <summary>What a policy reached in a number of episodes.</summary>
public sealed class PolicyEvaluation
{
    internal PolicyEvaluation(IReadOnlyList<double> returns, IReadOnlyList<int> lengths, int truncatedEpisodes)
    {
        Returns = returns;
        Lengths = lengths;
        TruncatedEpisodes = truncatedEpisodes;
        MeanReturn = returns.Average();
        StandardDeviation = Math.Sqrt(returns.Average(value => (value - MeanReturn) * (value - MeanReturn)));
    }

    /// <summary>The sum of the rewards of each episode.</summary>
    public IReadOnlyList<double> Returns { get; }

    /// <summary>The number of steps of each episode.</summary>
    public IReadOnlyList<int> Lengths { get; }

    /// <summary>The number of episodes that were cut off rather than came to an end of their own.</summary>
    public int TruncatedEpisodes { get; }

    /// <summary>The mean of <see cref="Returns"/>.</summary>
    public double MeanReturn { get; }

    /// <summary>The standard deviation of <see cref="Returns"/> (of the population, as is usual for these tables).</summary>
    public double StandardDeviation { get; }

    /// <summary>The mean of <see cref="Lengths"/>.</summary>
    public double MeanLength => Lengths.Average();

    /// <inheritdoc/>
    public override string ToString() => Math.Abs(MeanReturn) < 10
        ? FormattableString.Invariant($"{MeanReturn:F3} ± {StandardDeviation:F3} over {Returns.Count} episodes")
        : FormattableString.Invariant($"{MeanReturn:F1} ± {StandardDeviation:F1} over {Returns.Count} episodes");
}
