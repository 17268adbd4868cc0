namespace Trpo.Estimators.Environments.Checking;

/// <summary>Creates the environments of a check, believes nothing of them, and disposes them all.</summary>
internal sealed class CheckedFactory(Func<IEnvironment> factory, EnvironmentFindings findings, CancellationToken cancellation)
{
    private readonly List<IEnvironment> _created = [];

    /// <summary>What the environments have in common; null until the first was created.</summary>
    public EnvironmentKind? Kind { get; private set; }

    /// <summary>A new environment, or null, and a finding that says why.</summary>
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
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            AddFailure(exception);
        }

        return null;
    }

    /// <summary>Looks whether the environments still are what they were in the beginning.</summary>
    public void CheckAgain()
    {
        try
        {
            foreach (var environment in _created)
            {
                if (Kind is { } kind && EnvironmentSpaces.Difference(kind.Observations, kind.Actions, environment) is { } difference)
                    findings.Add(EnvironmentFault.SpacesDiffer, $"The spaces of environment '{kind.Name}' change while it is used: {difference}. They must stay what they are.");
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            AddFailure(exception);
        }
    }

    /// <summary>Disposes every environment, also where disposing one of them fails.</summary>
    public void DisposeAll()
    {
        foreach (var environment in _created)
        {
            try
            {
                (environment as IDisposable)?.Dispose();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                findings.Add(EnvironmentFault.DisposeFailed, $"{Kind?.Subject ?? environment.GetType().Name} failed in Dispose: {exception.Message}");
            }
        }

        _created.Clear();
    }

    private void AddFailure(Exception exception)
    {
        // What a static field threw is hidden in another exception.
        var cause = exception is TypeInitializationException { InnerException: { } inner } ? inner : exception;
        findings.Add(EnvironmentFault.FactoryFailed, $"The factory, or a property of the environment that it created, failed: {cause.Message} ({cause.GetType().Name})");
    }

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
            findings.Add(EnvironmentFault.MaxEpisodeStepsWrong, $"{Kind.Subject} has the {nameof(IEnvironment.MaxEpisodeSteps)} {environment.MaxEpisodeSteps}; it must be at least 1, or null where there is no limit.");
        if (EnvironmentSpaces.Difference(Kind.Observations, Kind.Actions, environment) is { } difference)
        {
            findings.Add(EnvironmentFault.SpacesDiffer, $"The factory of environment '{Kind.Name}' returned environments of different spaces: {difference}. All must have the same.");
            return null;
        }

        return new EnvironmentProbe(environment, Kind, findings, cancellation);
    }
}
