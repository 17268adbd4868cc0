using Trpo.Estimators.Environments;
using Trpo.Onnx.Randomness;

namespace Trpo.Examples.Inventory;

/// <summary>
/// How shops order without learning: fill stock and what is on its way up to a level, in whole boxes, unless too few would be ordered (base stock, where one
/// box is enough). There is a level for each kind of morning, told apart by the weekday or by the season too.
/// </summary>
internal sealed class ReorderRule
{
    private const int LevelStep = 5;
    private const int HighestLevel = 120;
    private const int FirstLevel = 50;
    private const int MostBoxes = 5;

    private readonly Func<int, int, int> _kindOf;
    private readonly int[] _levels;
    private readonly int _fewestBoxes;

    private ReorderRule(Func<int, int, int> kindOf, int[] levels, int fewestBoxes)
    {
        _kindOf = kindOf;
        _levels = levels;
        _fewestBoxes = fewestBoxes;
    }

    /// <summary>
    /// The mean return of a rule in some episodes after it was tuned on these same ones, which flatters it: everything is tried for one of its numbers after
    /// the other, and again until none earns more.
    /// </summary>
    /// <param name="kinds">The number of kinds of mornings.</param>
    /// <param name="kindOf">The kind of a morning, from its weekday and its season.</param>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed with which an evaluation of a policy plays the same episodes.</param>
    public static double BestReturn(int kinds, Func<int, int, int> kindOf, int episodes, int seed)
    {
        var random = new RandomSource((ulong)seed);
        int[] seeds = [.. Enumerable.Range(0, episodes).Select(_ => random.NextSeed())];
        var best = new ReorderRule(kindOf, [.. Enumerable.Repeat(FirstLevel, kinds)], fewestBoxes: 1);
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

    // Every level of one kind of morning; behind the last of them, every smallest order.
    private IEnumerable<ReorderRule> Variations(int number) => number == _levels.Length
        ? Enumerable.Range(1, MostBoxes).Select(boxes => new ReorderRule(_kindOf, _levels, boxes))
        : Enumerable.Range(0, (HighestLevel / LevelStep) + 1).Select(step => new ReorderRule(_kindOf, [.. _levels[..number], step * LevelStep, .. _levels[(number + 1)..]], _fewestBoxes));

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
                var boxes = Math.Min(MathF.Round(missing / InventoryEnvironment.BoxSize), MostBoxes);
                var result = environment.Step(new EnvironmentAction([boxes < _fewestBoxes ? 0 : boxes]), observation);
                sum += result.Reward;
                ended = result.Ended;
            }
        }

        return sum / seeds.Length;
    }
}
