using Trpo.Estimators;
using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The verdicts on returns, value function, entropy and rollbacks.</summary>
internal static class LearningRules
{
    private const int MinReturns = 30;
    private const double BadLoss = 0.5;
    private const double MaxEntropyRise = 1;

    // Of a policy over choices: the share of its first entropy below which it takes the same choice practically always.
    private const double DeterministicShare = 1e-3;

    /// <summary>Judges the rise of the returns.</summary>
    public static Verdict Learning(RunHistory history)
    {
        var infinite = history[TrpoMetric.ReturnOfLast100].Count(double.IsInfinity);
        if (infinite > 0)
            return Verdict.Create(VerdictGrade.Bad, $"The mean return of the last 100 episodes was infinite in {infinite:N0} iterations.", "Scale the rewards down.");
        var returns = SampleStatistics.Finite(history[TrpoMetric.ReturnOfLast100]);
        if (returns.Length < MinReturns)
            return Verdict.Create(VerdictGrade.Unknown, $"Too few iterations in which episodes had ended: {returns.Length:N0}.");
        var (first, best, last) = (First(returns), returns.Max(), returns[^1]);
        if (!HaveRisen(returns))
            return Verdict.Create(VerdictGrade.Warning, $"The mean return of the last 100 episodes has not risen: {first:G4} at first, {last:G4} at last.", "Train for more steps; otherwise check the rewards, the observations (normalise them) and the discount.");
        return last < best - BadLoss * (best - first)
            ? Verdict.Create(VerdictGrade.Bad, $"The mean return fell back from {best:G4} to {last:G4}, more than half of what it had gained.", "Try a smaller trust region, one that shrinks (FinalMaxKl), or larger iterations.")
            : Verdict.Create(VerdictGrade.Good, $"The mean return of the last 100 episodes rose from {first:G4} to {last:G4}; its best was {best:G4}.");
    }

    /// <summary>Judges the share of the targets' variance that the value function explained.</summary>
    public static Verdict ExplainedVariance(RunHistory history)
    {
        var health = TrpoMetric.ExplainedVariance.Health!;
        var shares = SampleStatistics.Finite(history[TrpoMetric.ExplainedVariance]);
        if (shares.Length < RunVerdicts.MinIterations)
            return Verdict.Create(VerdictGrade.Unknown, $"The targets varied in {shares.Length:N0} iterations only.");
        var (recent, whole) = (SampleStatistics.Median(SampleStatistics.Recent(shares)), SampleStatistics.Median(shares));
        const string Advice = "If returns stay at their best, the targets hardly vary and this does no harm. Otherwise try more ValueFunction.Steps, larger iterations, or normalised observations.";

        // While returns stay at their best, the targets hardly vary, and there is little to explain.
        var returns = SampleStatistics.Finite(history[TrpoMetric.ReturnOfLast100]);
        if (health.NeedsAttention(recent) && returns.Length >= MinReturns && StayAtBest(returns))
            return Verdict.Create(VerdictGrade.Good, $"Returns stand at {returns[^1]:G4}, so that the targets hardly vary and there is nothing to explain.");

        // Bad over the whole run as well as recently.
        return health.IsBad(recent) && health.IsBad(whole) && !AreNearBest(returns)
            ? Verdict.Create(VerdictGrade.Bad, $"The value function explains nothing of its targets (recently {recent:G3}, over the run {whole:G3}): it is no better than a constant.", Advice)
            : health.NeedsAttention(recent) ? Verdict.Create(VerdictGrade.Warning, $"The value function recently explained {recent:G3} of its targets' variance.", Advice)
            : Verdict.Create(VerdictGrade.Good, $"The value function recently explained {recent:G3} of its targets' variance.");
    }

    /// <summary>Judges the loss of entropy before anything was learned.</summary>
    public static Verdict Entropy(RunHistory history)
    {
        var health = TrpoMetric.Entropy.Health!;
        var entropies = SampleStatistics.Finite(history[TrpoMetric.Entropy]);
        if (entropies.Length < RunVerdicts.MinIterations)
            return Verdict.Create(VerdictGrade.Unknown, $"The entropy was measured in {entropies.Length:N0} iterations only.");
        var (first, last) = (SampleStatistics.Median(entropies.Take(RunVerdicts.MinIterations)), SampleStatistics.Median(entropies.TakeLast(RunVerdicts.MinIterations)));
        var returns = SampleStatistics.Finite(history[TrpoMetric.ReturnOfLast100]);
        var haveRisen = returns.Length >= MinReturns && HaveRisen(returns);

        // The entropy of a density may be negative, and falls by the logarithm of the density's spread.
        var isDiscrete = entropies.All(entropy => entropy >= 0);
        var share = isDiscrete ? first > 0 ? last / first : 1 : Math.Exp(last - first);
        var isGone = health.IsBad(share);
        var finding = FormattableString.Invariant($"From {first:G3} nats to {last:G3}");
        if (isDiscrete && haveRisen && IsDeterministic(history))
        {
            var percent = 100.0 * entropies.Count(entropy => entropy < DeterministicShare * first) / entropies.Length;
            return Verdict.Create(VerdictGrade.Warning, $"{finding}: the policy was deterministic in {Math.Round(percent):G3}% of the iterations, in which it learned next to nothing.", "If returns are what you hope for, fewer steps suffice (TargetReturn). Otherwise it settled too early: subtract the mean of observations (fixZero: false), lower TrustRegion.MaxKl, or set EntropyBonus.");
        }

        const string Advice = "The policy settled before it had learned: try an EntropyBonus, a smaller trust region, or a wider start (InitialLogStandardDeviation).";
        return isGone && !haveRisen ? Verdict.Create(isDiscrete ? VerdictGrade.Bad : VerdictGrade.Warning, $"{finding}: gone, while returns stood still.", Advice)
            : last > first + MaxEntropyRise ? Verdict.Create(VerdictGrade.Warning, $"{finding}: it rises.", "A policy that grows more random has little to learn from: check the rewards, and the EntropyBonus if there is one.")
            : Verdict.Create(VerdictGrade.Good, $"{finding}{(isGone ? ", with returns that rose" : "")}.");
    }

    /// <summary>True if a policy over choices has taken the same choices practically always, recently.</summary>
    public static bool IsDeterministic(RunHistory history)
    {
        var entropies = SampleStatistics.Finite(history[TrpoMetric.Entropy]);
        return entropies.Length >= RunVerdicts.MinIterations && entropies.All(entropy => entropy >= 0)
            && SampleStatistics.Median(SampleStatistics.Recent(entropies)) < DeterministicShare * SampleStatistics.Median(entropies.Take(RunVerdicts.MinIterations));
    }

    /// <summary>Judges the number of rollbacks.</summary>
    public static Verdict Rollbacks(RunHistory history)
    {
        var health = TrpoMetric.Rollbacks.Health!;
        var count = SampleStatistics.Finite(history[TrpoMetric.Rollbacks]).DefaultIfEmpty(0).Max();
        const string Advice = "Training diverges again and again: see the other verdicts at the time.";
        return health.IsBad(count) ? Verdict.Create(VerdictGrade.Bad, $"Training was rolled back to an earlier state {count:N0} times.", Advice)
            : health.NeedsAttention(count) ? Verdict.Create(VerdictGrade.Warning, $"Training was rolled back to an earlier state {count:N0} {(count == 1 ? "time" : "times")}.", Advice)
            : Verdict.Create(VerdictGrade.Good, $"Training was never rolled back.");
    }

    /// <summary>Judges the number of restarts of environments.</summary>
    public static Verdict Restarts(RunHistory history)
    {
        // Runs of earlier versions have no such column.
        var count = SampleStatistics.Finite(history[TrpoMetric.Restarts]).DefaultIfEmpty(0).Max();
        return TrpoMetric.Restarts.Health!.NeedsAttention(count)
            ? Verdict.Create(VerdictGrade.Warning, $"Failed environments were created anew {count:N0} {(count == 1 ? "time" : "times")}.", "The log names the environments and their failures. Episodes that fail are missing from the returns, so that the policy may be worse than they say.")
            : Verdict.Create(VerdictGrade.Good, $"No environment failed.");
    }

    // True if the greatest return exceeds the first ones by more than these vary.
    private static bool HaveRisen(double[] returns)
    {
        var start = returns.Take(RunVerdicts.MinIterations).ToArray();
        var gained = returns.Max() - First(returns);
        return gained > 2 * (start.Max() - start.Min()) || gained > 0.2 * Math.Abs(First(returns));
    }

    // True if all recent returns equal the greatest one, after a rise.
    private static bool StayAtBest(double[] returns) =>
        HaveRisen(returns) && SampleStatistics.Recent(returns).Min() >= returns.Max() - (0.001 * Math.Abs(returns.Max()));

    // True if the last return is within a tenth of the gain from the greatest one, after a rise.
    private static bool AreNearBest(double[] returns) =>
        returns.Length >= MinReturns && HaveRisen(returns) && returns[^1] >= returns.Max() - 0.1 * (returns.Max() - First(returns));

    private static double First(double[] returns) => SampleStatistics.Median(returns.Take(RunVerdicts.MinIterations));
}
