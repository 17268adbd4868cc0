using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>A check of an environment, from its factory to whole episodes. An error ends the checks that depend on it.</summary>
internal sealed class EnvironmentChecker
{
    // Each compared episode has a twentieth of the random policy's steps, so that all of them together have about as many.
    private const int ComparedFraction = 20;
    private const int MaxComparedSteps = 500;

    // Bounds memory: several episodes are kept at once.
    private const int MaxComparedValues = 2_000_000;

    private readonly EnvironmentFindings _findings = new();
    private readonly CheckedFactory _factory;
    private readonly int _steps;
    private readonly int _episodeStepLimit;
    private readonly int _seed;
    private readonly Action _throwIfCancelled;

    /// <param name="factory">Creates a new environment at each call.</param>
    /// <param name="steps">The number of steps of the random policy, at least 1.</param>
    /// <param name="episodeStepLimit">The number of steps, at least 1, after which an episode is truncated if the environment declares no limit.</param>
    /// <param name="seed">The seed of all seeds and actions.</param>
    /// <param name="throwIfCancelled">Called before each step; throws to end the check.</param>
    public EnvironmentChecker(Func<IEnvironment> factory, int steps, int episodeStepLimit, int seed, Action throwIfCancelled)
    {
        _factory = new CheckedFactory(factory, _findings, throwIfCancelled);
        _steps = steps;
        _episodeStepLimit = episodeStepLimit;
        _seed = seed;
        _throwIfCancelled = throwIfCancelled;
    }

    /// <summary>Runs the checks and disposes the environments.</summary>
    /// <exception cref="OperationCanceledException">The check was cancelled.</exception>
    public EnvironmentReport Run()
    {
        var (exploration, cost) = ((Exploration?)null, default(StepCost));
        try
        {
            if (_factory.Create() is { } probe)
            {
                exploration = new Exploration(probe, _findings, _episodeStepLimit);
                Check(probe, exploration);
                cost = probe.Cost;
            }
        }
        finally
        {
            _factory.DisposeAll();
        }

        // An environment that observed the token has failed because of it.
        _throwIfCancelled();
        return new EnvironmentReport(_factory.Kind?.Name, _findings.All, exploration?.Steps ?? 0, exploration?.Episodes ?? 0, cost);
    }

    private void Check(EnvironmentProbe probe, Exploration exploration)
    {
        var random = new RandomSource((ulong)_seed);
        var (one, two) = (_factory.Create(), _factory.Create());
        if (ActionScale.Warning(probe.Kind.Actions, probe.Kind.Name, standardDeviation: 1, rescales: true) is { } warning)
            _findings.Add(EnvironmentFault.ActionsOutOfReach, warning);

        ActionCheck.Run(probe, _findings, random.NextSeed());
        if (_findings.Has(EnvironmentFault.ResetFailed) || _findings.Has(EnvironmentFault.NothingAllowed))
            return;
        exploration.Run(_steps, random.NextSeed());
        if (one is not null && two is not null && !_findings.Has(EnvironmentFault.StepFailed) && !_findings.Has(EnvironmentFault.NothingAllowed))
        {
            var maxStepsToEnd = exploration.Episodes > 0 ? Math.Min(probe.Kind.StepLimit(_episodeStepLimit), _steps) : 0;
            new RepeatabilityCheck(one, two, _findings, Actions(probe.Kind, random), random.NextSeed() / 2).Run(maxStepsToEnd);
        }

        _factory.CheckUnchanged();
    }

    private float[][] Actions(EnvironmentKind kind, RandomSource random)
    {
        var maxSteps = Math.Clamp(MaxComparedValues / kind.Observations.Length, 2, MaxComparedSteps);
        var actions = new float[Math.Clamp(_steps / ComparedFraction, 2, maxSteps)][];
        foreach (ref var action in actions.AsSpan())
        {
            action = new float[kind.Actions.Length];
            ActionSampling.Sample(kind.Actions, random, action);
        }

        return actions;
    }
}
