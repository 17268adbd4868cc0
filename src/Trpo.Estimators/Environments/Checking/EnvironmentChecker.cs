using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>Checks an environment, from the factory to whole episodes; what cannot be checked because of an error before it is left out.</summary>
internal sealed class EnvironmentChecker
{
    // Repeated episodes are compared over this fraction of the random policy's steps, so that all of them together are about as many.
    private const int Fraction = 20;
    private const int LongestComparison = 500;

    // Several episodes are in memory at once.
    private const int MostComparedValues = 2_000_000;

    private readonly EnvironmentFindings _findings = new();
    private readonly CheckedFactory _factory;
    private readonly int _steps;
    private readonly int _episodeStepLimit;
    private readonly int _seed;

    public EnvironmentChecker(Func<IEnvironment> factory, int steps, int episodeStepLimit, int seed, CancellationToken cancellation)
    {
        _factory = new CheckedFactory(factory, _findings, cancellation);
        _steps = steps;
        _episodeStepLimit = episodeStepLimit;
        _seed = seed;
    }

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

        return new EnvironmentReport(_factory.Kind?.Name, _findings.All, exploration?.Steps ?? 0, exploration?.Episodes ?? 0, cost);
    }

    private void Check(EnvironmentProbe probe, Exploration exploration)
    {
        var random = new RandomSource((ulong)_seed);
        var (one, two) = (_factory.Create(), _factory.Create());
        foreach (var (dimension, warning) in ActionScale.Warnings(probe.Kind.Actions, probe.Kind.Name, standardDeviation: 1).Index())
            _findings.Add(EnvironmentFault.ActionsOutOfReach, warning, dimension);

        ActionCheck.Run(probe, _findings, random.NextSeed());
        if (_findings.Has(EnvironmentFault.ResetFailed) || _findings.Has(EnvironmentFault.NothingAllowed))
            return;
        exploration.Run(_steps, random.NextSeed());
        if (one is not null && two is not null && !_findings.Has(EnvironmentFault.StepFailed) && !_findings.Has(EnvironmentFault.NothingAllowed))
        {
            var mostStepsToEnd = exploration.Episodes > 0 ? Math.Min(_episodeStepLimit, _steps) : 0;
            new RepeatabilityCheck(one, two, _findings, Actions(probe.Kind, random), random.NextSeed() / 2).Run(mostStepsToEnd);
        }

        _factory.CheckAgain();
    }

    private float[][] Actions(EnvironmentKind kind, RandomSource random)
    {
        var longest = Math.Clamp(MostComparedValues / kind.Observations.Length, 2, LongestComparison);
        var actions = new float[Math.Clamp(_steps / Fraction, 2, longest)][];
        foreach (ref var action in actions.AsSpan())
        {
            action = new float[kind.Actions.Length];
            ActionSampling.Sample(kind.Actions, random, action);
        }

        return actions;
    }
}
