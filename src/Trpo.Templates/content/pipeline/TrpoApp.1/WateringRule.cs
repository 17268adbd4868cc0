using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;

namespace TrpoApp._1;

/// <summary>The rule of a hygrometer, which a policy must beat to be worth its training: the drier the bed, the more water.</summary>
public static class WateringRule
{
    /// <summary>Returns the action for an observation, from 0.</summary>
    public static int Act(ReadOnlySpan<float> observation) => observation[2] switch
    {
        < 0.2f => 2,
        < 0.5f => 1,
        _ => 0,
    };

    /// <summary>Returns the mean return of the rule in the episodes that <c>Evaluate</c> plays with the same seed.</summary>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed of the evaluation.</param>
    public static double MeanReturn(int episodes, int seed)
    {
        var bed = GardenEnvironment.Create();
        var observation = new float[bed.ObservationSpace.Length];
        var seeds = new RandomSource((ulong)seed);
        var sum = 0.0;
        for (var episode = 0; episode < episodes; episode++)
        {
            bed.Reset(seeds.NextSeed(), observation);
            for (var ended = false; !ended;)
            {
                var result = bed.Step(new EnvironmentAction([Act(observation)]), observation);
                sum += result.Reward;
                ended = result.Ended;
            }
        }

        return sum / episodes;
    }
}
