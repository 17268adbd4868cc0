using System.Globalization;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>The result of an evaluation of a policy over a number of episodes.</summary>
public sealed class PolicyEvaluation
{
    private const int Resamples = 10_000;

    private readonly double[] _returns;
    private readonly int[] _lengths;
    private readonly double[] _sortedReturns;
    private readonly Lazy<double[]> _resampledMeans;

    internal PolicyEvaluation(IReadOnlyList<EpisodeResult> episodes, int seed, ActionSelection selection)
    {
        Episodes = episodes;
        Seed = seed;
        Selection = selection;
        _returns = [.. episodes.Select(episode => episode.Return)];
        _lengths = [.. episodes.Select(episode => episode.Length)];
        _sortedReturns = [.. _returns.Order()];

        // The resamples have a stream of their own, because the first numbers of the seed's stream are the seeds of the episodes.
        _resampledMeans = new(() => Bootstrap.Means(_returns, Resamples, new RandomSource((ulong)seed).Split()));
        MeanReturn = _returns.Average();
        StandardDeviation = Deviation(_returns, MeanReturn);
        MeanLength = _lengths.Average();
        LengthStandardDeviation = Deviation(_lengths.Select(length => (double)length), MeanLength);
    }

    /// <summary>The results of the episodes, in the order of their index.</summary>
    public IReadOnlyList<EpisodeResult> Episodes { get; }

    /// <summary>The seed of the evaluation. Episode i is reset with the i-th <see cref="RandomSource.NextSeed"/> of a <see cref="RandomSource"/> of this seed.</summary>
    public int Seed { get; }

    /// <summary>The selection of the actions: deterministic, or drawn.</summary>
    public ActionSelection Selection { get; }

    /// <summary>The return of each episode: the sum of its rewards.</summary>
    public IReadOnlyList<double> Returns => _returns;

    /// <summary>The number of steps of each episode.</summary>
    public IReadOnlyList<int> Lengths => _lengths;

    /// <summary>The number of episodes that reached a terminal state.</summary>
    public int TerminatedEpisodes => Episodes.Count(episode => episode.Terminated);

    /// <summary>The number of episodes that were cut off before a terminal state.</summary>
    public int TruncatedEpisodes => Episodes.Count(episode => episode.Truncated);

    /// <summary>The mean of <see cref="Returns"/>.</summary>
    public double MeanReturn { get; }

    /// <summary>The standard deviation of <see cref="Returns"/> of the population, which measures the spread of the episodes, not the error of <see cref="MeanReturn"/>.</summary>
    public double StandardDeviation { get; }

    /// <summary>The minimum of <see cref="Returns"/>.</summary>
    public double MinReturn => _sortedReturns[0];

    /// <summary>The median of <see cref="Returns"/>; the mean of the two middle values if their number is even.</summary>
    public double MedianReturn => Bootstrap.Quantile(_sortedReturns, 0.5);

    /// <summary>The maximum of <see cref="Returns"/>.</summary>
    public double MaxReturn => _sortedReturns[^1];

    /// <summary>The mean of <see cref="Lengths"/>.</summary>
    public double MeanLength { get; }

    /// <summary>The standard deviation of <see cref="Lengths"/>, of the population.</summary>
    public double LengthStandardDeviation { get; }

    /// <summary>
    /// Computes a confidence interval of the expected return by the percentile bootstrap over 10,000 resamples of <see cref="Returns"/>, drawn with
    /// <see cref="Seed"/> and so repeatable. With fewer than about 20 episodes the interval is too narrow, and with one it is a point. The interval does
    /// not cover the variation between trainings with different seeds.
    /// </summary>
    /// <param name="level">The confidence level, between 0 and 1; 0.95 by default.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public ConfidenceInterval MeanReturnInterval(double level = 0.95)
    {
        Check.StrictlyBetween(level, 0, 1);
        var outside = (1 - level) / 2;
        return new ConfidenceInterval(Bootstrap.Quantile(_resampledMeans.Value, outside), Bootstrap.Quantile(_resampledMeans.Value, 1 - outside), level);
    }

    /// <summary>
    /// Compares the policy with another one, or with a rule, on the same episodes: the returns are subtracted episode by episode, which takes out of the difference what the episodes have in common. The
    /// interval is that of the percentile bootstrap over 10,000 resamples of the differences, drawn with <see cref="Seed"/>.
    /// </summary>
    /// <param name="other">The evaluation of the other policy, with the same seed and number of episodes.</param>
    /// <param name="level">The confidence level, between 0 and 1; 0.95 by default.</param>
    /// <exception cref="ArgumentException"><paramref name="other"/> has other episodes.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="level"/> is not between 0 and 1.</exception>
    public PairedDifference Compare(PolicyEvaluation other, double level = 0.95)
    {
        ArgumentNullException.ThrowIfNull(other);
        Check.StrictlyBetween(level, 0, 1);
        if (!Episodes.Select(episode => episode.Seed).SequenceEqual(other.Episodes.Select(episode => episode.Seed)))
            throw new ArgumentException(FormattableString.Invariant($"The evaluations have different episodes ({Episodes.Count} of seed {Seed}, and {other.Episodes.Count} of seed {other.Seed}): evaluate both with the same seed and number of episodes."), nameof(other));
        double[] differences = [.. _returns.Zip(other._returns, (mine, others) => mine - others)];
        var means = Bootstrap.Means(differences, Resamples, new RandomSource((ulong)Seed).Split());
        var outside = (1 - level) / 2;
        return new PairedDifference(
            differences.Average(), new ConfidenceInterval(Bootstrap.Quantile(means, outside), Bootstrap.Quantile(means, 1 - outside), level), differences.Count(difference => difference > 0), differences.Count(difference => difference == 0), differences.Length);
    }

    /// <summary>Returns the mean return, the standard deviation, and the 95% confidence interval of the mean.</summary>
    public override string ToString()
    {
        // The larger of the two numbers sets how many digits of both are worth reading.
        var size = Math.Max(Math.Abs(MeanReturn), StandardDeviation);
        var format = size is > 0 and < 0.01 or >= 1e9 ? "G4" : Math.Abs(MeanReturn) < 10 ? "F3" : "F1";
        var interval = MeanReturnInterval();
        return $"{Text(MeanReturn)} ± {Text(StandardDeviation)} over {Episodes.Count} episodes (mean {Text(interval.Low)} to {Text(interval.High)} at 95%)";

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private static double Deviation(IEnumerable<double> values, double mean) => Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
}
