using Trpo.Estimators.Environments;
using Trpo.Results.Studies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Results.Training;

/// <summary>The mean returns of policies that observe nothing, in an environment whose actions have bounds.</summary>
/// <param name="Uniform">That of actions that are drawn uniformly from between the bounds.</param>
/// <param name="BestConstant">The highest one of an action that never changes, the same in all dimensions.</param>
/// <param name="Share">The place of that action between the low bound, 0, and the high bound, 1.</param>
internal sealed record UntrainedReturns(double Uniform, double BestConstant, double Share)
{
    /// <summary>The number of constant actions that are tried, from bound to bound.</summary>
    public const int Constants = 21;

    /// <summary>Measures the returns, each over the same initial states.</summary>
    public static UntrainedReturns Of(Study study, int episodes)
    {
        var random = new RandomSource(0);
        var uniform = Mean(study.Environment(), episodes, random.NextDouble);
        var (share, best) = Enumerable.Range(0, Constants)
            .Select(i => i / (Constants - 1.0))
            .Select(share => (share, Mean(study.Environment(), episodes, () => share)))
            .MaxBy(constant => constant.Item2);
        return new UntrainedReturns(uniform, best, share);
    }

    private static double Mean(IEnvironment environment, int episodes, Func<double> share)
    {
        var bounds = (BoxActionSpace)environment.ActionSpace;
        var (observation, action) = (new float[environment.ObservationSpace.Length], new float[bounds.Length]);
        var sum = 0.0;
        for (var episode = 0; episode < episodes; episode++)
        {
            environment.Reset(episode == 0 ? 0 : null, observation);
            StepResult result;
            do
            {
                for (var i = 0; i < action.Length; i++)
                    action[i] = (float)(bounds.Low[i] + (2 * bounds.HalfWidth(i) * share()));
                bounds.Clip(action, action);
                result = environment.Step(new EnvironmentAction(action), observation);
                sum += result.Reward;
            }
            while (!result.Ended);
        }

        return sum / episodes;
    }
}
