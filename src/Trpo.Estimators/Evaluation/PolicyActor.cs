using System.Globalization;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;

namespace Trpo.Estimators.Evaluation;

/// <summary>An exported policy as an evaluation plays it, with the transforms in front of it.</summary>
/// <param name="environments">The environments behind the transforms.</param>
/// <param name="batch">The policy, with a row for each environment.</param>
internal sealed class PolicyActor(TransformedVectorEnvironment environments, PolicyBatch batch) : IEpisodeActor
{
    private readonly DataViewRowId[] _draws = new DataViewRowId[environments.Count];
    private readonly float[] _choice = new float[1];

    /// <inheritdoc/>
    public void Observe(int environment, bool isFirst)
    {
        if (isFirst)
            environments.ReadFirst(environment, batch.Observation(environment));
        else
            environments.Read(environment, batch.Observation(environment));
    }

    // The random numbers of an action depend on the episode and the step alone, not on the environment that plays it.
    // An environment without an episode keeps its last observation in the batch; its action is ignored.

    /// <inheritdoc/>
    public void Act(ReadOnlySpan<int> episodes)
    {
        for (var e = 0; e < episodes.Length; e++)
            _draws[e] = new DataViewRowId((ulong)environments.Unwrapped.Length(e), (ulong)Math.Max(episodes[e], 0));
        batch.Run(episodes.Length, _draws);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Action(int environment)
    {
        if (float.IsNaN(batch.Score(environment)[0]))
            throw new EnvironmentException($"{environments.Unwrapped.DescribeStep(environment)}: the policy has no action for the observation ({string.Join(", ", batch.Observation(environment).ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)))}).");
        if (!batch.IsDiscrete)
            return batch.Action(environment);
        _choice[0] = batch.Choice(environment);
        return _choice;
    }
}
