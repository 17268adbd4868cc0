using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>A random walk with a push to either side, without a fault; a test overrides what is to go wrong.</summary>
internal class WalkEnvironment : IEnvironment
{
    protected const int Limit = 30;

    public virtual string Name => "Walk";

    public virtual ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([-2, 0], [2, 1], "position", "time");

    public virtual ActionSpace ActionSpace { get; } = ActionSpace.Discrete("left", "right");

    /// <summary>True to end no episode.</summary>
    public bool IsEndless { get; init; }

    protected RandomSource Random { get; set; } = new(0);

    protected double Position { get; set; }

    protected int Steps { get; set; }

    public virtual void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            Random.Reseed((ulong)value);
        Position = Random.NextDouble(-0.5, 0.5);
        Steps = 0;
        Observe(observation);
    }

    public virtual StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        Steps++;
        Position += (0.2 * (action.Values[0] - 0.5)) + (0.05 * Random.NextGaussian());
        var terminated = Math.Abs(Position) > 1 && !IsEndless;
        Position = Math.Clamp(Position, -1.5, 1.5);
        Observe(observation);
        return new StepResult(-Math.Abs(Position), terminated, Steps == Limit && !IsEndless);
    }

    protected void Observe(Span<float> observation)
    {
        observation[0] = (float)Position;
        observation[1] = Math.Min((float)Steps / Limit, 1);
    }
}
