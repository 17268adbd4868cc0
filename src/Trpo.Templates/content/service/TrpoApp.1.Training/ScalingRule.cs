using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;

namespace TrpoApp._1.Training;

/// <summary>The rule of an autoscaler, which a policy must beat to be worth its training: as many replicas as are used by four fifths.</summary>
public static class ScalingRule
{
    private const float RequestsPerReplica = 80;

    /// <summary>Returns the action for an observation, from 0.</summary>
    public static int Act(ReadOnlySpan<float> observation)
    {
        var (load, replicas) = (observation[0], observation[2] + observation[3]);
        return 1 + Math.Sign(MathF.Ceiling(load / RequestsPerReplica) - replicas);
    }

    /// <summary>Returns the mean return of the rule in the episodes that <c>Evaluate</c> plays with the same seed.</summary>
    /// <param name="episodes">The number of episodes.</param>
    /// <param name="seed">The seed of the evaluation.</param>
    public static double MeanReturn(int episodes, int seed)
    {
        var service = ScalingEnvironment.Create();
        var observation = new float[service.ObservationSpace.Length];
        var seeds = new RandomSource((ulong)seed);
        var sum = 0.0;
        for (var episode = 0; episode < episodes; episode++)
        {
            service.Reset(seeds.NextSeed(), observation);
            for (var ended = false; !ended;)
            {
                var result = service.Step(new EnvironmentAction([Act(observation)]), observation);
                sum += result.Reward;
                ended = result.Ended;
            }
        }

        return sum / episodes;
    }
}
