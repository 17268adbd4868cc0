using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Rollouts;
using static TorchSharp.torch;

namespace Trpo.Estimators.Training;

/// <summary>One trust-region step of a policy on a rollout.</summary>
internal sealed class PolicyUpdate(StochasticPolicy policy, TrustRegionOptimizer optimizer)
{
    private readonly FlatParameters _parameters = new(policy.Network);

    /// <summary>Improves the policy.</summary>
    /// <param name="rollout">What the policy did, <c>[N]</c> rows.</param>
    /// <param name="advantages">The advantage of each action, <c>[N]</c>.</param>
    /// <returns>What was done, and the mean entropy of the policy before it.</returns>
    public (TrustRegionStep Step, double Entropy) Run(Rollout rollout, ReadOnlySpan<double> advantages)
    {
        using var scope = NewDisposeScope();
        var distribution = policy.Distribution;
        var observations = TensorCopy.From(rollout.Observations, rollout.Rows, rollout.ObservationLength);
        var actions = TensorCopy.From(rollout.Actions, rollout.Rows, rollout.ActionLength);
        var advantageTensor = TensorCopy.From(advantages).to(ScalarType.Float32);

        // Taken from the same network on the same rows as the new ones, so that the ratio starts at exactly 1.
        Tensor oldParameters, oldLogProbability, entropy;
        using (no_grad())
        {
            oldParameters = policy.Network.forward(observations);
            oldLogProbability = distribution.LogProbability(oldParameters, actions);
            entropy = distribution.Entropy(oldParameters).mean();
        }

        return (optimizer.Step(_parameters, Evaluate), entropy.item<float>());

        (Tensor Surrogate, Tensor MeanKl) Evaluate()
        {
            var parameters = policy.Network.forward(observations);
            var ratio = SurrogateObjective.Ratio(distribution.LogProbability(parameters, actions), oldLogProbability);
            return (SurrogateObjective.Value(ratio, advantageTensor), distribution.KullbackLeibler(oldParameters, parameters).mean());
        }
    }
}
