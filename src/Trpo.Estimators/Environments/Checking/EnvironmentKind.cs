using System.Globalization;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>The properties that all environments of a factory share.</summary>
/// <param name="Name">The name.</param>
/// <param name="Observations">The observations.</param>
/// <param name="Actions">The actions.</param>
/// <param name="MaxEpisodeSteps">The step after which an episode is truncated, or null if none is declared.</param>
internal sealed record EnvironmentKind(string Name, ObservationSpace Observations, ActionSpace Actions, int? MaxEpisodeSteps)
{
    /// <summary>The environment's name, as the subject of a sentence.</summary>
    public string Subject => $"Environment '{Name}'";

    /// <summary>Returns the step after which an episode is truncated: the declared one, or else the library's.</summary>
    /// <param name="episodeStepLimit">The limit for environments that declare none.</param>
    public int StepLimit(int episodeStepLimit) => MaxEpisodeSteps is >= 1 and var declared ? declared : episodeStepLimit;

    /// <summary>Describes an action: its index and name, or its values.</summary>
    public string Describe(ReadOnlySpan<float> action)
    {
        if (Actions is DiscreteActionSpace)
            return $"{(int)action[0]} ('{Actions.Names[(int)action[0]]}')";
        return $"({string.Join(", ", action.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)))})";
    }

    /// <summary>Describes a value of an observation: its index, and its name if it has one.</summary>
    public string DescribeValue(int index) => Observations.Names.IsEmpty ? $"{index}" : $"{index} ('{Observations.Names[index]}')";
}
