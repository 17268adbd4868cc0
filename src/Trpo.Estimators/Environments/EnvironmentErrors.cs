using System.Globalization;
using System.Reflection;

namespace Trpo.Estimators.Environments;

/// <summary>Messages about errors of an environment, each the end of a sentence that begins with the environment. Their steps are counted as in <see cref="IEnvironment.Step"/>.</summary>
internal static class EnvironmentErrors
{
    /// <summary>Advice for an environment that allows no choice, the end of a sentence.</summary>
    public const string NothingAllowedAdvice = "where nothing can be done, end the episode, or keep a choice that does nothing.";

    /// <summary>Advice for a step that failed with a choice that the environment forbids, to follow the failure.</summary>
    /// <param name="choice">The name of the choice.</param>
    public static string ForbiddenChoice(string choice) =>
        $" Its Allows forbids the choice '{choice}' that it was given: a policy takes forbidden choices unless the trainer's option ActionMask is set and the observation ends with a mask that agrees with Allows.";

    /// <summary>Describes a reward that is not finite.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="step">The step of the episode, from 1.</param>
    public static string NonFiniteReward(double reward, int step) => string.Create(CultureInfo.InvariantCulture, $"returned the reward {reward} from Step, at step {step} of its episode; a reward must be finite.");

    /// <summary>Describes an episode that reached the limit of an environment that declares none.</summary>
    /// <param name="limit">The limit.</param>
    public static string EndlessEpisode(int limit) => string.Create(CultureInfo.InvariantCulture,
        $"has neither terminated nor truncated its episode within {limit} steps, and declares no {nameof(IEnvironment.MaxEpisodeSteps)}: every episode that long is truncated there. Wrap it in {nameof(TimeLimit)} to choose the limit, or raise episodeStepLimit.");

    /// <summary>Describes an episode that continues after the step at which the environment declares that it is truncated.</summary>
    /// <param name="limit">The step that it declares.</param>
    public static string DeclaredLimitIgnored(int limit) => string.Create(CultureInfo.InvariantCulture,
        $"continues after step {limit} of its episode, although its {nameof(IEnvironment.MaxEpisodeSteps)} declares that it is truncated there. Truncate it with {nameof(TimeLimit)}, or leave {nameof(IEnvironment.MaxEpisodeSteps)} out.");

    /// <summary>Describes an exception that a method of the environment threw.</summary>
    /// <param name="method">The method that was called.</param>
    /// <param name="exception">The exception.</param>
    /// <param name="step">The step of the episode; 0 in <see cref="IEnvironment.Reset"/>.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    public static string MethodFailed(string method, Exception exception, int step, int observationLength)
    {
        var cause = Cause(exception);
        var failure = string.Create(CultureInfo.InvariantCulture, $"failed in {method}, at step {step} of its episode: {cause.Message}");
        return cause is IndexOutOfRangeException or ArgumentException { ParamName: "destination" }
            ? $"{failure} The observation that it writes has {observationLength} values, as its ObservationSpace declares."
            : failure;
    }

    /// <summary>Describes a call that has not returned within its time.</summary>
    /// <param name="method">The method that was called.</param>
    /// <param name="step">The step of the episode; 0 in <see cref="IEnvironment.Reset"/>.</param>
    /// <param name="elapsed">The time since the call.</param>
    /// <param name="timeout">The longest time that it may take.</param>
    /// <param name="now">The present time.</param>
    public static string NotReturned(string method, int step, TimeSpan elapsed, TimeSpan timeout, DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"has not returned from {method}, at step {step} of its episode, for {elapsed.TotalSeconds:G4} s, since {now - elapsed:u}; the stepTimeout of LoadFromEnvironment is {timeout.TotalSeconds:G4} s.");

    /// <summary>Describes an exception of the factory, or of a property of the environment that it created.</summary>
    /// <param name="exception">The exception.</param>
    public static string CreationFailed(Exception exception)
    {
        var cause = Cause(exception);
        return $"could not be created: the factory, or a property of the environment that it returned, failed: {cause.Message} ({cause.GetType().Name})";
    }

    /// <summary>Returns the exception that user code threw, without those that reflection, static initializers and tasks wrap around it.</summary>
    /// <param name="exception">The exception.</param>
    public static Exception Cause(Exception exception) => exception switch
    {
        TargetInvocationException { InnerException: { } inner } => Cause(inner),
        TypeInitializationException { InnerException: { } inner } => Cause(inner),
        AggregateException { InnerExceptions: [var inner] } => Cause(inner),
        _ => exception,
    };
}
