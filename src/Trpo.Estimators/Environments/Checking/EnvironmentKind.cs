using System.Globalization;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>What all environments of a factory have in common.</summary>
internal sealed record EnvironmentKind(string Name, ObservationSpace Observations, ActionSpace Actions, int? MaxEpisodeSteps)
{
    /// <summary>The environment as the subject of a sentence.</summary>
    public string Subject => $"Environment '{Name}'";

    /// <summary>An action as its author knows it.</summary>
    public string Describe(ReadOnlySpan<float> action)
    {
        if (Actions is DiscreteActionSpace)
            return $"{(int)action[0]} ('{Actions.Names[(int)action[0]]}')";
        return $"({string.Join(", ", action.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)))})";
    }

    /// <summary>A value of an observation.</summary>
    public string DescribeValue(int index) => Observations.Names.IsEmpty ? $"{index}" : $"{index} ('{Observations.Names[index]}')";
}
