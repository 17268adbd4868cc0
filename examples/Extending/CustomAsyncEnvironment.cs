using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Extending;

/// <summary>A tank somewhere else: every request takes a millisecond, in which the other tanks are asked too.</summary>
internal sealed class RemoteTank : IAsyncEnvironment
{
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);

    private readonly WaterTank _tank = new();

    public ObservationSpace ObservationSpace => _tank.ObservationSpace;

    public ActionSpace ActionSpace => _tank.ActionSpace;

    public async ValueTask ResetAsync(int? seed, Memory<float> observation, CancellationToken cancellation)
    {
        await Task.Delay(Latency, cancellation);
        _tank.Reset(seed, observation.Span);
    }

    public async ValueTask<StepResult> StepAsync(ReadOnlyMemory<float> action, Memory<float> observation, CancellationToken cancellation)
    {
        await Task.Delay(Latency, cancellation);
        return _tank.Step(new EnvironmentAction(action.Span), observation.Span);
    }
}

/// <summary>The training in 256 remote tanks at once.</summary>
internal static class CustomAsyncEnvironment
{
    public static Outcome Run(int seed)
    {
        // The table that the normalizer is fitted on is collected in one environment, at a millisecond a row.
        var training = new Training(() => new TimeLimit(new RemoteTank(), WaterTank.EpisodeSteps), new TrpoOptions { TotalSteps = 80_000, StepsPerIteration = 5_120, Seed = seed }, environments: 256, rows: 512);
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, WaterTank.GoodReturn);
    }
}
