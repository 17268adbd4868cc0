using System.Globalization;

namespace Trpo.Estimators.Environments;

/// <summary>Messages about errors of an environment, each the end of a sentence that begins with the environment.</summary>
internal static class EnvironmentErrors
{
    /// <summary>Advice for an environment that allows no choice, the end of a sentence.</summary>
    public const string NothingAllowedAdvice = "where nothing can be done, end the episode, or keep a choice that does nothing.";

    /// <summary>Describes a reward that is not finite.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="step">The step of the episode, from 1.</param>
    public static string NonFiniteReward(double reward, int step) => string.Create(CultureInfo.InvariantCulture, $"returned the reward {reward} from Step, at step {step} of its episode; a reward must be finite.");

    /// <summary>Describes an episode that does not end.</summary>
    /// <param name="limit">The number of its steps.</param>
    public static string EndlessEpisode(int limit) =>
        $"has neither terminated nor truncated its episode within {limit} steps. Wrap it in {nameof(TimeLimit)}, or raise episodeStepLimit if its episodes are that long.";

    /// <summary>Describes an exception that a method of the environment threw.</summary>
    /// <param name="method">The method that was called.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    public static string MethodFailed(string method, Exception exception, int observationLength) =>
        exception is IndexOutOfRangeException or ArgumentException { ParamName: "destination" }
            ? $"failed in {method}: {exception.Message} The observation that it writes has {observationLength} values, as its ObservationSpace declares."
            : $"failed in {method}: {exception.Message}";
}
