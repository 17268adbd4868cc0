using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Evaluation;

/// <summary>The random policy as an evaluation plays it: all allowed actions are equally probable.</summary>
/// <param name="environments">The environments.</param>
/// <param name="seed">The seed of the actions.</param>
internal sealed class RandomActor(VectorEnvironment environments, int seed) : IEpisodeActor
{
    private readonly RandomSource _random = new(0);
    private readonly float[] _action = new float[environments.ActionSpace.Length];
    private int[] _episodes = [];

    /// <inheritdoc/>
    public void Observe(int environment, bool isFirst)
    {
        // Random actions depend on no observation.
    }

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<int> episodes) => _episodes = episodes.ToArray();

    /// <inheritdoc/>
    public ReadOnlySpan<float> Action(int environment)
    {
        // The random numbers of an action depend on the episode and the step alone, not on the environment that plays it.
        _random.Reseed((ulong)seed, (ulong)_episodes[environment], (ulong)environments.Length(environment));
        ActionSampling.Sample(environments.ActionSpace, _random, _action);
        return ActionSampling.ReplaceForbidden(environments.ActionSpace, choice => environments.Allows(environment, choice), _random, _action)
            ? _action
            : throw new EnvironmentException($"{environments.DescribeStep(environment)}: the environment allows no choice.");
    }
}
