namespace Trpo.Estimators.Environments.Checking;

/// <summary>The factory of the environments under check, which validates the properties of each and disposes them all.</summary>
/// <param name="factory">The factory to check.</param>
/// <param name="findings">Receives the findings.</param>
/// <param name="throwIfCancelled">Called before each step; throws to end the check.</param>
internal sealed class CheckedFactory(Func<IEnvironment> factory, EnvironmentFindings findings, Action throwIfCancelled)
{
    private readonly List<IEnvironment> _created = [];

    /// <summary>The properties that the environments share; null until the first was created.</summary>
    public EnvironmentKind? Kind { get; private set; }

    /// <summary>Creates an environment; returns null, and adds a finding, if that fails.</summary>
    public EnvironmentProbe? Create()
    {
        try
        {
            var environment = factory();
            if (environment is null)
                findings.Add(EnvironmentFault.NoEnvironment, "The factory returned null; it must return a new environment each time.");
            else if (_created.Any(other => ReferenceEquals(other, environment)))
                findings.Add(EnvironmentFault.SameEnvironment, $"The factory of environment '{Kind?.Name}' returned the same environment twice; it must create a new one each time: () => new {environment.GetType().Name}(...).");
            else
                return Examine(environment);
        }
        catch (Exception exception)
        {
            AddFailure(exception);
        }

        return null;
    }

    /// <summary>Checks that the spaces of the environments have not changed.</summary>
    public void CheckUnchanged()
    {
        try
        {
            foreach (var environment in _created)
            {
                if (Kind is { } kind && EnvironmentSpaces.Difference(kind.Observations, kind.Actions, environment) is { } difference)
                    findings.Add(EnvironmentFault.SpacesDiffer, $"The spaces of environment '{kind.Name}' change while it is used: {difference}. They must not change.");
            }
        }
        catch (Exception exception)
        {
            AddFailure(exception);
        }
    }

    /// <summary>Disposes every environment, and adds a finding for each that fails.</summary>
    public void DisposeAll()
    {
        foreach (var environment in _created)
        {
            try
            {
                EnvironmentDisposal.Dispose(environment);
            }
            catch (Exception exception)
            {
                findings.Add(EnvironmentFault.DisposeFailed, $"{Kind?.Subject ?? environment.GetType().Name} failed in Dispose: {EnvironmentErrors.Cause(exception).Message}");
            }
        }

        _created.Clear();
    }

    private void AddFailure(Exception exception) =>
        findings.Add(EnvironmentFault.FactoryFailed, $"{Kind?.Subject ?? "The environment"} {EnvironmentErrors.CreationFailed(exception)}");

    private EnvironmentProbe? Examine(IEnvironment environment)
    {
        _created.Add(environment);
        var (name, observations, actions) = (environment.Name, environment.ObservationSpace, environment.ActionSpace);
        var missing = string.IsNullOrEmpty(name) ? nameof(IEnvironment.Name) : observations is null ? nameof(IEnvironment.ObservationSpace) : actions is null ? nameof(IEnvironment.ActionSpace) : null;
        if (missing is not null)
        {
            findings.Add(EnvironmentFault.PropertyMissing, name is "" ? $"Environment {environment.GetType().Name} has an empty name." : EnvironmentSpaces.Missing(environment, missing).Message);
            return null;
        }

        Kind ??= new EnvironmentKind(name!, observations!, actions!, environment.MaxEpisodeSteps);
        if (environment.MaxEpisodeSteps < 1)
            findings.Add(EnvironmentFault.MaxEpisodeStepsWrong, $"{Kind.Subject} has the {nameof(IEnvironment.MaxEpisodeSteps)} {environment.MaxEpisodeSteps}; it must be at least 1, or null if there is no limit.");
        if (EnvironmentSpaces.Difference(Kind.Observations, Kind.Actions, environment) is { } difference)
        {
            findings.Add(EnvironmentFault.SpacesDiffer, $"The factory of environment '{Kind.Name}' returned environments of different spaces: {difference}. All environments of a factory must have the same spaces.");
            return null;
        }

        return new EnvironmentProbe(environment, Kind, findings, throwIfCancelled);
    }
}
