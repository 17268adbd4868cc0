using System.Globalization;
using System.Runtime.CompilerServices;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>The factory of environments of one kind, with the properties that all of them share.</summary>
internal sealed class EnvironmentSpecification
{
    private readonly Func<IEnvironment> _factory;

    // A pool may hand a disposed instance out again; another one fails, for a reason that its exception does not tell.
    private readonly ConditionalWeakTable<IEnvironment, object> _disposed = [];

    /// <summary>Creates an environment, reads its properties and disposes it.</summary>
    /// <param name="factory">Creates a new environment at each call.</param>
    /// <param name="episodeStepLimit">The number of steps, at least 1, after which an episode is truncated if the environment declares no limit.</param>
    /// <exception cref="ArgumentException">The factory returned null.</exception>
    /// <exception cref="EnvironmentException">The factory, a property or Dispose threw, or the environment has no name, no space, or a time limit below 1.</exception>
    public EnvironmentSpecification(Func<IEnvironment> factory, int episodeStepLimit)
    {
        _factory = factory;
        EpisodeStepLimit = episodeStepLimit;
        var environment = Call(factory, "The environment", wrapsAll: true) ?? throw new ArgumentException("The factory returned no environment.", nameof(factory));
        try
        {
            (Name, ObservationSpace, ActionSpace, MaxEpisodeSteps) = Call(() => Read(environment), $"The environment {environment.GetType().Name}");
        }
        catch
        {
            // The failure of the property is the one to report.
            TryDispose(environment);
            throw;
        }

        if (TryDispose(environment) is { } exception)
            throw new EnvironmentException($"Environment '{Name}' failed in Dispose: {EnvironmentErrors.Cause(exception).Message}", exception);
    }

    /// <summary>The name of the environments.</summary>
    public string Name { get; }

    /// <summary>The number of steps after which an episode is truncated if <see cref="MaxEpisodeSteps"/> is null.</summary>
    public int EpisodeStepLimit { get; }

    /// <summary>The step after which an environment truncates its episode, or null if it declares none.</summary>
    public int? MaxEpisodeSteps { get; }

    /// <summary>The observations of the environments, <c>[d]</c> each.</summary>
    public ObservationSpace ObservationSpace { get; }

    /// <summary>The actions of the environments, <c>[k]</c> each.</summary>
    public ActionSpace ActionSpace { get; }

    /// <summary>Returns the name and the index of an environment, for the start of a message.</summary>
    /// <param name="index">The index of the environment.</param>
    /// <param name="count">The number of environments.</param>
    public string Describe(int index, int count) => string.Create(CultureInfo.InvariantCulture, $"Environment '{Name}' (index {index} of {count})");

    /// <summary>Creates an environment, which must have the spaces that the first one had.</summary>
    /// <param name="index">The index of the environment, for messages.</param>
    /// <param name="count">The number of environments, for messages.</param>
    /// <exception cref="EnvironmentException">The factory threw, or returned null or an environment of other spaces.</exception>
    public IEnvironment Create(int index, int count)
    {
        var subject = Describe(index, count);
        var environment = Call(_factory, subject, wrapsAll: true) ?? throw new EnvironmentException($"{subject} could not be created: the factory returned null; it must create a new one each time.");
        try
        {
            if (Call(() => EnvironmentSpaces.Difference(ObservationSpace, ActionSpace, environment), subject) is { } difference)
                throw new EnvironmentException($"The factory of environment '{Name}' returned environments of different spaces: {difference}.");
            return environment;
        }
        catch
        {
            TryDispose(environment);
            throw;
        }
    }

    /// <summary>True if an environment of the factory has ever been disposed.</summary>
    /// <param name="environment">The environment.</param>
    public bool WasDisposed(IEnvironment environment) => _disposed.TryGetValue(environment, out _);

    /// <summary>Disposes an environment, if it can be; returns the exception that it threw, or null.</summary>
    /// <param name="environment">The environment.</param>
    public Exception? TryDispose(IEnvironment environment)
    {
        if (environment is not (IDisposable or IAsyncDisposable))
            return null;
        _disposed.AddOrUpdate(environment, this);
        try
        {
            EnvironmentDisposal.Dispose(environment);
            return null;
        }
        catch (Exception exception)
        {
            return exception;
        }
    }

    private static (string Name, ObservationSpace Observations, ActionSpace Actions, int? MaxEpisodeSteps) Read(IEnvironment environment)
    {
        var name = environment.Name ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.Name));
        if (string.IsNullOrWhiteSpace(name))
            throw new EnvironmentException($"Environment {environment.GetType().Name} has no {nameof(IEnvironment.Name)}: it is empty.");
        var observations = environment.ObservationSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ObservationSpace));
        var actions = environment.ActionSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ActionSpace));
        return environment.MaxEpisodeSteps is null or >= 1
            ? (name, observations, actions, environment.MaxEpisodeSteps)
            : throw new EnvironmentException(string.Create(CultureInfo.InvariantCulture, $"Environment '{name}' has the {nameof(IEnvironment.MaxEpisodeSteps)} {environment.MaxEpisodeSteps}; it must be at least 1, or null."));
    }

    private static T Call<T>(Func<T> call, string subject, bool wrapsAll = false)
    {
        try
        {
            return call();
        }
        catch (Exception exception) when (wrapsAll || exception is not EnvironmentException)
        {
            throw new EnvironmentException($"{subject} {EnvironmentErrors.CreationFailed(exception)}", exception);
        }
    }
}
