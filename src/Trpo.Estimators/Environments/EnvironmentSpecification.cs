using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>The factory of environments of one kind, with the properties that all of them share.</summary>
internal sealed class EnvironmentSpecification
{
    private readonly Func<IEnvironment> _factory;

    /// <summary>Creates an environment, reads its properties and disposes it.</summary>
    /// <param name="factory">Creates a new environment at each call.</param>
    /// <param name="episodeStepLimit">The number of steps, at least 1, within which every episode must end.</param>
    /// <exception cref="ArgumentException">The factory returned null.</exception>
    /// <exception cref="EnvironmentException">The environment has no name, no space, or a time limit below 1.</exception>
    public EnvironmentSpecification(Func<IEnvironment> factory, int episodeStepLimit)
    {
        _factory = factory;
        EpisodeStepLimit = episodeStepLimit;

        var environment = factory() ?? throw new ArgumentException("The factory returned no environment.", nameof(factory));
        using var owned = environment as IDisposable;
        Name = environment.Name ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.Name));
        if (string.IsNullOrWhiteSpace(Name))
            throw new EnvironmentException($"Environment {environment.GetType().Name} has no {nameof(IEnvironment.Name)}: it is empty.");
        ObservationSpace = environment.ObservationSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ObservationSpace));
        ActionSpace = environment.ActionSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ActionSpace));

        MaxEpisodeSteps = environment.MaxEpisodeSteps is null or >= 1
            ? environment.MaxEpisodeSteps
            : throw new EnvironmentException($"Environment '{Name}' has the {nameof(IEnvironment.MaxEpisodeSteps)} {environment.MaxEpisodeSteps}; it must be at least 1, or null.");
    }

    /// <summary>The name of the environments.</summary>
    public string Name { get; }

    /// <summary>The number of steps after which an episode that has not ended is an error.</summary>
    public int EpisodeStepLimit { get; }

    /// <summary>The step after which an environment truncates its episode, or null if it declares none.</summary>
    public int? MaxEpisodeSteps { get; }

    /// <summary>The observations of the environments, <c>[d]</c> each.</summary>
    public ObservationSpace ObservationSpace { get; }

    /// <summary>The actions of the environments, <c>[k]</c> each.</summary>
    public ActionSpace ActionSpace { get; }

    /// <summary>Creates an environment, which must have the spaces that the first one had.</summary>
    /// <exception cref="EnvironmentException">The factory returned null, or an environment of other spaces.</exception>
    public IEnvironment Create()
    {
        var environment = _factory() ?? throw new EnvironmentException($"The factory of environment '{Name}' returned no environment.");
        if (EnvironmentSpaces.Difference(ObservationSpace, ActionSpace, environment) is not { } difference)
            return environment;
        (environment as IDisposable)?.Dispose();
        throw new EnvironmentException($"The factory of environment '{Name}' returned environments of different spaces: {difference}.");
    }
}
