using Trpo.Estimators;
using Trpo.Reports.History;

namespace Trpo.Reports.Verdicts;

/// <summary>The signs of health of what is learned: returns, values, entropy.</summary>
internal static class LearningRules
{
    private const int FewReturns = 30;

    /// <summary>Whether returns rose and stayed up.</summary>
    public static Verdict Learning(RunHistory history)
    {
        var infinite = history[TrpoMetric.ReturnOfLast100].Count(double.IsInfinity);
        if (infinite > 0)
            return Judgement.Say(VerdictGrade.Bad, $"The mean return of the last 100 episodes was infinite in {infinite:N0} iterations.", "Scale the rewards down.");
        var returns = Sample.Known(history[TrpoMetric.ReturnOfLast100]);
        if (returns.Length < FewReturns)
            return Judgement.Say(VerdictGrade.Unknown, $"Too few iterations in which episodes had ended: {returns.Length:N0}.");
        var (first, best, last) = (First(returns), returns.Max(), returns[^1]);
        var risen = Risen(returns);
        if (!risen)
            return Judgement.Say(VerdictGrade.Look, $"The mean return of the last 100 episodes has not risen: {first:G4} at first, {last:G4} at last.", "Give it more steps; else check the rewards, the observations (normalise them) and the discount.");
        return last < best - 0.5 * (best - first)
            ? Judgement.Say(VerdictGrade.Bad, $"The mean return fell back from {best:G4} to {last:G4}, more than half of what it had gained.", "Try a smaller trust region, one that shrinks (FinalMaxKl), or larger iterations.")
            : Judgement.Say(VerdictGrade.Good, $"The mean return of the last 100 episodes rose from {first:G4} to {last:G4}; its best was {best:G4}.");
    }

    /// <summary>Whether the value function predicts anything.</summary>
    public static Verdict ExplainedVariance(RunHistory history)
    {
        var known = Sample.Known(history[TrpoMetric.ExplainedVariance]);
        if (known.Length < Judgement.FewestIterations)
            return Judgement.Say(VerdictGrade.Unknown, $"The targets varied in {known.Length:N0} iterations only.");
        var median = Sample.Median(Sample.Recent(known));
        const string Advice = "Where returns stay at their best, the targets hardly vary and this is no harm. Else try more ValueFunction.Steps, larger iterations, or normalised observations and a RewardScale that makes returns of a size of 1 to 100.";
        // Long: over the run as well as recently. Where returns stay at their best, targets hardly vary, and there is little to explain.
        var returns = Sample.Known(history[TrpoMetric.ReturnOfLast100]);
        if (median < 0.2 && returns.Length >= FewReturns && Stands(returns))
            return Judgement.Say(VerdictGrade.Good, $"Returns stand at {returns[^1]:G4}, so that the targets hardly vary and there is nothing to explain.");
        return median <= 0 && Sample.Median(known) <= 0 && !IsAtItsBest(returns)
            ? Judgement.Say(VerdictGrade.Bad, $"The value function explains nothing of its targets (recently {median:F2}, over the run {Sample.Median(known):F2}): it is no better than a constant.", Advice)
            : median < 0.2 ? Judgement.Say(VerdictGrade.Look, $"The value function recently explained {median:F2} of its targets' variance.", Advice)
            : Judgement.Say(VerdictGrade.Good, $"The value function recently explained {median:F2} of its targets' variance.");
    }

    /// <summary>Whether the policy settled before it had learned.</summary>
    public static Verdict Entropy(RunHistory history)
    {
        var known = Sample.Known(history[TrpoMetric.Entropy]);
        if (known.Length < Judgement.FewestIterations)
            return Judgement.Say(VerdictGrade.Unknown, $"The entropy was measured in {known.Length:N0} iterations only.");
        var (first, last) = (Sample.Median(known.Take(Judgement.FewestIterations)), Sample.Median(known.TakeLast(Judgement.FewestIterations)));
        var returns = Sample.Known(history[TrpoMetric.ReturnOfLast100]);
        var risen = returns.Length >= FewReturns && Risen(returns);

        // Of choices, a share; a density's entropy may be negative, and falls by the logarithm of its spread.
        var choices = known.All(entropy => entropy >= 0);
        var gone = choices ? last < 0.01 * first : last < first - Math.Log(100);
        var finding = FormattableString.Invariant($"From {first:G3} nats to {last:G3}");
        const string Advice = "The policy settled before it had learned: try an EntropyBonus, a smaller trust region, or a wider start (InitialLogStandardDeviation).";
        return gone && !risen ? Judgement.Say(choices ? VerdictGrade.Bad : VerdictGrade.Look, $"{finding}: gone, while returns stood still.", Advice)
            : last > first + 1 ? Judgement.Say(VerdictGrade.Look, $"{finding}: it rises.", "A policy that grows more random has little to learn from: check the rewards, and the EntropyBonus if there is one.")
            : Judgement.Say(VerdictGrade.Good, $"{finding}{(gone ? ", with returns that rose" : "")}.");
    }

    /// <summary>Whether training had to go back.</summary>
    public static Verdict Recoveries(RunHistory history)
    {
        var known = Sample.Known(history[TrpoMetric.Recoveries]);
        var count = known.Length == 0 ? 0 : known.Max();
        const string Advice = "Something makes training ill again and again: see the other verdicts at the time.";
        return count == 0 ? Judgement.Say(VerdictGrade.Good, $"Training never had to go back.")
            : Judgement.Say(count > 3 ? VerdictGrade.Bad : VerdictGrade.Look, $"Training went back to an earlier state {count:N0} times.", Advice);
    }

    /// <summary>Whether the greatest return lies above the first ones by more than they vary.</summary>
    private static bool Risen(double[] returns)
    {
        var start = returns.Take(Judgement.FewestIterations).ToArray();
        var gained = returns.Max() - First(returns);
        return gained > Math.Max(2 * (start.Max() - start.Min()), 1e-9) || gained > 0.2 * Math.Abs(First(returns));
    }

    // Recently at the best that there was, after a rise.
    private static bool Stands(double[] returns) =>
        Risen(returns) && Sample.Recent(returns).Min() >= returns.Max() - (0.001 * Math.Abs(returns.Max()));

    private static bool IsAtItsBest(double[] returns) =>
        returns.Length >= FewReturns && Risen(returns) && returns[^1] >= returns.Max() - 0.1 * (returns.Max() - First(returns));

    private static double First(double[] returns) => Sample.Median(returns.Take(Judgement.FewestIterations));
}
