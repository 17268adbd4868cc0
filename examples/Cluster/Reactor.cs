using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Cluster;

/// <summary>
/// A cooled stirred tank in which a reaction heats itself (Seborg, Edgar and Mellichamp, Process Dynamics and Control, chapter 2). The coolant is to hold the concentration at a target at which the
/// reactor is unstable: left alone, the reaction dies or runs away. Stands for slow simulators: each step computes for a set time. Units: minutes, mol/L and kelvin.
/// </summary>
/// <param name="stepTime">The time that each step computes for at least.</param>
internal sealed class Reactor(TimeSpan stepTime) : IEnvironment, ICheckpointable
{
    /// <summary>The number of steps of an episode, for a <see cref="TimeLimit"/>.</summary>
    public const int EpisodeSteps = 60;

    private const double TimeStep = 0.1;
    private const int Substeps = 20;
    private const double FeedConcentration = 1;
    private const double FeedTemperature = 350;
    private const double RateConstant = 7.2e10;
    private const double ActivationTemperature = 8_750;
    private const double HeatOfReaction = 209.2;
    private const double HeatTransfer = 2.092;
    private const double CoolantCentre = 300;
    private const double CoolantRange = 30;
    private const double Tolerance = 0.25;

    private readonly RandomSource _random = new(0);
    private double _concentration;
    private double _temperature;
    private double _target;

    public ObservationSpace ObservationSpace { get; } = ObservationSpace.Box([0, 250, -1], [1, 650, 1], "concentration", "temperature", "error");

    public ActionSpace ActionSpace { get; } = ActionSpace.Box([-1], [1], "coolant");

    public void Reset(int? seed, Span<float> observation)
    {
        if (seed is { } value)
            _random.Reseed((ulong)value);
        _concentration = _random.NextDouble(0.4, 0.6);
        _temperature = _random.NextDouble(345, 355);
        _target = _random.NextDouble(0.45, 0.55);
        Observe(observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        var coolant = CoolantCentre + (CoolantRange * action.Values[0]);
        var start = Stopwatch.GetTimestamp();
        (double Concentration, double Temperature) next;

        // A finer model would compute something new each time; this one has the same result however long it takes.
        do
            next = Integrate(coolant);
        while (Stopwatch.GetElapsedTime(start) < stepTime);
        (_concentration, _temperature) = next;
        Observe(observation);
        return new StepResult(Reward: 1 - Math.Min(1, Math.Abs(_concentration - _target) / Tolerance));
    }

    public void SaveState(BinaryWriter writer)
    {
        _random.SaveState(writer);
        writer.Write(_concentration);
        writer.Write(_temperature);
        writer.Write(_target);
    }

    public void RestoreState(BinaryReader reader)
    {
        _random.RestoreState(reader);
        (_concentration, _temperature, _target) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
    }

    // The midpoint rule.
    private (double Concentration, double Temperature) Integrate(double coolant)
    {
        const double Step = TimeStep / Substeps;
        var (concentration, temperature) = (_concentration, _temperature);
        for (var i = 0; i < Substeps; i++)
        {
            var (first, second) = Derivatives(concentration, temperature, coolant);
            (first, second) = Derivatives(concentration + (Step / 2 * first), temperature + (Step / 2 * second), coolant);
            (concentration, temperature) = (Math.Clamp(concentration + (Step * first), 0, 1), Math.Clamp(temperature + (Step * second), 250, 650));
        }

        return (concentration, temperature);
    }

    private static (double Concentration, double Temperature) Derivatives(double concentration, double temperature, double coolant)
    {
        var rate = RateConstant * Math.Exp(-ActivationTemperature / temperature) * concentration;
        return (FeedConcentration - concentration - rate, FeedTemperature - temperature + (HeatOfReaction * rate) + (HeatTransfer * (coolant - temperature)));
    }

    private void Observe(Span<float> observation) =>
        (observation[0], observation[1], observation[2]) = ((float)_concentration, (float)_temperature, (float)(_concentration - _target));
}
