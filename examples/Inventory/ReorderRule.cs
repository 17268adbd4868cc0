using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;

namespace Trpo.Examples.Inventory;

/// <summary>
/// A base-stock rule: orders whole boxes until the stock and the orders under way reach a level, unless that takes fewer boxes than the minimum order. Each kind of
/// morning, a weekday or a weekday in a season, has its own level.
/// </summary>
internal sealed class ReorderRule
{
    private const int LevelStep = 5;
    private const int MaxLevel = 120;
    private const int FirstLevel = 50;
    private const int MaxBoxes = 5;

    private readonly Func<int, int, int> _kindOf;
    private readonly int[] _levels;
    private readonly int _minBoxes;

    private ReorderRule(Func<int, int, int> kindOf, int[] levels, int minBoxes)
    {
        _kindOf = kindOf;
        _levels = levels;
        _minBoxes = minBoxes;
    }

    /// <summary>
    /// Tunes a rule by coordinate search on some episodes, and returns its mean return in the same episodes, which flatters the rule.
    /// </summary>
    /// <param name="kinds">The number of kinds of mornings.</param>
    /// <param name="kindOf">Returns the kind of a morning from the weekday and the season.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed with which an evaluation of a policy plays the same episodes.</param>
    public static double BestReturn(int kinds, Func<int, int, int> kindOf, int episodes, int seed)
    {
        var random = new RandomSource((ulong)seed);
        int[] seeds = [.. Enumerable.Range(0, episodes).Select(_ => random.NextSeed())];
        var best = new ReorderRule(kindOf, [.. Enumerable.Repeat(FirstLevel, kinds)], minBoxes: 1);
        var bestReturn = best.MeanReturn(seeds);
        for (var (number, failures) = (0, 0); failures <= kinds; number = (number + 1) % (kinds + 1))
        {
            var (rule, meanReturn) = best.Variations(number).AsParallel().AsOrdered()
                .Select(candidate => (candidate, Return: candidate.MeanReturn(seeds)))
                .MaxBy(candidate => candidate.Return);
            failures = meanReturn > bestReturn ? 0 : failures + 1;
            if (failures == 0)
                (best, bestReturn) = (rule, meanReturn);
        }

        return bestReturn;
    }

    // All levels of one kind of morning; the last index stands for all minimum orders.
    private IEnumerable<ReorderRule> Variations(int number) => number == _levels.Length
        ? Enumerable.Range(1, MaxBoxes).Select(boxes => new ReorderRule(_kindOf, _levels, boxes))
        : Enumerable.Range(0, (MaxLevel / LevelStep) + 1).Select(step => new ReorderRule(_kindOf, [.. _levels[..number], step * LevelStep, .. _levels[(number + 1)..]], _minBoxes));

    private double MeanReturn(int[] seeds)
    {
        var environment = new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days);
        var observation = new float[environment.ObservationSpace.Length];
        var sum = 0.0;
        foreach (var seed in seeds)
        {
            environment.Reset(seed, observation);
            for (var ended = false; !ended;)
            {
                var level = _levels[_kindOf((int)observation[InventoryEnvironment.Weekday], (int)observation[InventoryEnvironment.Season])];
                var missing = level - observation[InventoryEnvironment.Stock] - observation[InventoryEnvironment.Arriving];
                var boxes = Math.Min(MathF.Round(missing / InventoryEnvironment.BoxSize), MaxBoxes);
                var result = environment.Step(new EnvironmentAction([boxes < _minBoxes ? 0 : boxes]), observation);
                sum += result.Reward;
                ended = result.Ended;
            }
        }

        return sum / seeds.Length;
    }
}
