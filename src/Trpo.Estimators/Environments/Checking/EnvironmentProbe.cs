using System.Diagnostics;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>A wrapper of an environment under check, which validates each return value and turns errors and exceptions into findings.</summary>
/// <param name="environment">The environment.</param>
/// <param name="kind">The properties that all environments of the check share.</param>
/// <param name="findings">Receives the findings.</param>
/// <param name="throwIfCancelled">Called before each step; throws to end the check.</param>
internal sealed class EnvironmentProbe(IEnvironment environment, EnvironmentKind kind, EnvironmentFindings findings, Action throwIfCancelled)
{
    private const double HugeReward = 1e6;

    // The relative error of rounding to single precision, of the value and of the bound.
    private const double Rounding = 1e-6;

    private readonly ObservationValidator _validator = new(kind.Observations);
    private readonly float[] _observation = new float[kind.Observations.Length];
    private long _measuredSteps;
    private long _ticks;
    private long _bytes;

    /// <summary>The properties that all environments of the check share.</summary>
    public EnvironmentKind Kind => kind;

    /// <summary>The current observation, <c>[d]</c>; NaN where the environment wrote nothing.</summary>
    public ReadOnlySpan<float> Observation => _observation;

    /// <summary>True if the environment is stepped asynchronously, which needs memory for every step.</summary>
    public bool IsAsynchronous => environment is IAsyncEnvironment { IsAsynchronous: true };

    /// <summary>The number of steps in the current episode.</summary>
    public int EpisodeSteps { get; private set; }

    /// <summary>The cost of the steps since <see cref="StartMeasuring"/>.</summary>
    public StepCost Cost => new(_measuredSteps, _ticks, _bytes);

    /// <summary>Resets the measured cost.</summary>
    public void StartMeasuring() => (_measuredSteps, _ticks, _bytes) = (0, 0, 0);

    /// <summary>Starts an episode; returns false, and adds a finding, if the environment throws.</summary>
    public bool Reset(int? seed)
    {
        throwIfCancelled();
        EpisodeSteps = 0;
        Array.Fill(_observation, float.NaN);
        var method = seed is null ? "Reset without a seed" : "Reset with a seed";
        try
        {
            environment.Reset(seed, _observation);
        }
        catch (Exception exception)
        {
            findings.Add(EnvironmentFault.ResetFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed(method, exception, EpisodeSteps, _observation.Length)}");
            return false;
        }

        CheckObservation("Reset");
        return true;
    }

    /// <summary>Replaces forbidden choices of an action by allowed ones; returns false, and adds a finding, if the environment allows none.</summary>
    /// <param name="random">Draws among the allowed choices.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    public bool ReplaceForbidden(RandomSource random, Span<float> action)
    {
        try
        {
            if (ActionSampling.ReplaceForbidden(kind.Actions, environment.Allows, random, action))
                return true;
            findings.Add(EnvironmentFault.NothingAllowed, $"{kind.Subject} allows no choice at step {EpisodeSteps} of its episode: {EnvironmentErrors.NothingAllowedAdvice}");
        }
        catch (Exception exception)
        {
            findings.Add(EnvironmentFault.NothingAllowed, $"{kind.Subject} {EnvironmentErrors.MethodFailed(nameof(IEnvironment.Allows), exception, EpisodeSteps, _observation.Length)} It must answer for every choice of its ActionSpace, {kind.Actions}.");
        }

        return false;
    }

    /// <summary>Runs one step; returns null, and adds a finding, if the environment throws.</summary>
    public StepResult? Step(ReadOnlySpan<float> action)
    {
        if (TryStep(action, out var result) is not { } exception)
            return result;
        findings.Add(EnvironmentFault.StepFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", exception, EpisodeSteps, _observation.Length)} The action was {kind.Describe(action)}.");
        return null;
    }

    /// <summary>Runs one step; returns the exception that the environment threw, or null.</summary>
    public Exception? TryStep(ReadOnlySpan<float> action, out StepResult result)
    {
        throwIfCancelled();
        EpisodeSteps++;
        Array.Fill(_observation, float.NaN);
        var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            result = environment.Step(new EnvironmentAction(action), _observation);
        }
        catch (Exception exception)
        {
            result = default;
            return exception;
        }

        _bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
        _ticks += Stopwatch.GetTimestamp() - start;
        _measuredSteps++;
        CheckObservation("Step");
        CheckReward(result.Reward);
        return null;
    }

    private void CheckObservation(string method)
    {
        if (_validator.FindError(_observation, method, EpisodeSteps) is { } error)
        {
            findings.Add(EnvironmentFault.ObservationInvalid, $"{kind.Subject} {error}");
            return;
        }

        for (var i = 0; i < _observation.Length; i++)
        {
            var (value, low, high) = (_observation[i], kind.Observations.Low[i], kind.Observations.High[i]);
            if ((value < low - Tolerance(low) || value > high + Tolerance(high)) && findings.IsNew(EnvironmentFault.ObservationOutOfBounds, i))
            {
                findings.Add(EnvironmentFault.ObservationOutOfBounds, FormattableString.Invariant(
                    $"{kind.Subject} gave {value} as value {kind.DescribeValue(i)} of its observation in {method}, at step {EpisodeSteps} of its episode; the bounds in its ObservationSpace are {low} to {high}. Widen the bounds (infinite ones mean none), or keep the value within them."), i);
            }
        }
    }

    private void CheckReward(double reward)
    {
        if (!double.IsFinite(reward))
            findings.Add(EnvironmentFault.RewardNotFinite, $"{kind.Subject} {EnvironmentErrors.NonFiniteReward(reward, EpisodeSteps)}");
        else if (Math.Abs(reward) > HugeReward && findings.IsNew(EnvironmentFault.RewardHuge))
            findings.Add(EnvironmentFault.RewardHuge, FormattableString.Invariant($"{kind.Subject} returned the reward {reward} from Step, at step {EpisodeSteps} of its episode. Scale rewards to about -10 to 10: one reward of this size outweighs all others."));
    }

    private static double Tolerance(float bound) => Rounding * Math.Max(1, Math.Abs((double)bound));
}
