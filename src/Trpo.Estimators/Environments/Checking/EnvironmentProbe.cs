using System.Diagnostics;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>One environment under check: whatever it returns or throws is looked at, and becomes a finding where it is wrong.</summary>
internal sealed class EnvironmentProbe(IEnvironment environment, EnvironmentKind kind, EnvironmentFindings findings, CancellationToken cancellation)
{
    private const double HugeReward = 1e6;

    // What rounding to single precision, here and in the bound, may add.
    private const double Rounding = 1e-6;

    private readonly ObservationValidator _check = new(kind.Observations);
    private readonly float[] _observation = new float[kind.Observations.Length];
    private long _measuredSteps;
    private long _ticks;
    private long _bytes;

    public EnvironmentKind Kind => kind;

    /// <summary>What the environment wrote last, <c>[d]</c>; NaN where it wrote nothing.</summary>
    public ReadOnlySpan<float> Observation => _observation;

    /// <summary>The number of steps of the episode.</summary>
    public int EpisodeSteps { get; private set; }

    /// <summary>What the steps since <see cref="StartMeasuring"/> cost.</summary>
    public StepCost Cost => new(_measuredSteps, _ticks, _bytes);

    /// <summary>Forgets what the steps cost so far.</summary>
    public void StartMeasuring() => (_measuredSteps, _ticks, _bytes) = (0, 0, 0);

    /// <summary>Starts an episode; false where the environment failed to.</summary>
    public bool Reset(int? seed)
    {
        cancellation.ThrowIfCancellationRequested();
        EpisodeSteps = 0;
        Array.Fill(_observation, float.NaN);
        var method = seed is null ? "Reset without a seed" : "Reset with a seed";
        try
        {
            environment.Reset(seed, _observation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            findings.Add(EnvironmentFault.ResetFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed(method, exception, _observation.Length)}");
            return false;
        }

        CheckObservation("Reset");
        return true;
    }

    /// <summary>Puts choices that the environment allows now in the place of those that it does not; false, and a finding, where there are none.</summary>
    /// <param name="random">Draws among those that are allowed.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    public bool Allow(RandomSource random, Span<float> action)
    {
        try
        {
            if (ActionSampling.Allow(kind.Actions, environment.Allows, random, action))
                return true;
            findings.Add(EnvironmentFault.NothingAllowed, $"{kind.Subject} allows no choice at step {EpisodeSteps} of its episode: where nothing can be done, end the episode, or keep a choice that does nothing.");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            findings.Add(EnvironmentFault.NothingAllowed, $"{kind.Subject} {EnvironmentErrors.MethodFailed(nameof(IEnvironment.Allows), exception, _observation.Length)} It must answer for every choice of its ActionSpace, {kind.Actions}.");
        }

        return false;
    }

    /// <summary>Acts once; null, and a finding, where the environment failed to.</summary>
    public StepResult? Step(ReadOnlySpan<float> action)
    {
        if (TryStep(action, out var result) is not { } exception)
            return result;
        findings.Add(EnvironmentFault.StepFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", exception, _observation.Length)} It was at step {EpisodeSteps} of its episode, with the action {kind.Describe(action)}.");
        return null;
    }

    /// <summary>Acts once, and returns what the environment threw.</summary>
    public Exception? TryStep(ReadOnlySpan<float> action, out StepResult result)
    {
        cancellation.ThrowIfCancellationRequested();
        EpisodeSteps++;
        Array.Fill(_observation, float.NaN);
        var (start, allocated) = (Stopwatch.GetTimestamp(), GC.GetAllocatedBytesForCurrentThread());
        try
        {
            result = environment.Step(new EnvironmentAction(action), _observation);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
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
        if (_check.FindError(_observation, method, EpisodeSteps) is { } complaint)
        {
            findings.Add(EnvironmentFault.ObservationInvalid, $"{kind.Subject} {complaint}");
            return;
        }

        for (var i = 0; i < _observation.Length; i++)
        {
            var (value, low, high) = (_observation[i], kind.Observations.Low[i], kind.Observations.High[i]);
            if ((value < low - Tolerance(low) || value > high + Tolerance(high)) && findings.IsNew(EnvironmentFault.ObservationOutOfBounds, i))
            {
                findings.Add(EnvironmentFault.ObservationOutOfBounds, FormattableString.Invariant(
                    $"{kind.Subject} gave {value} as value {kind.DescribeValue(i)} of its observation in {method}, at step {EpisodeSteps} of its episode; its ObservationSpace says from {low} to {high}. Widen the bounds (infinite ones mean none), or keep the value within them."), i);
            }
        }
    }

    private void CheckReward(double reward)
    {
        if (!double.IsFinite(reward))
            findings.Add(EnvironmentFault.RewardNotFinite, $"{kind.Subject} {EnvironmentErrors.NonFiniteReward(reward, EpisodeSteps)}");
        else if (Math.Abs(reward) > HugeReward && findings.IsNew(EnvironmentFault.RewardHuge))
            findings.Add(EnvironmentFault.RewardHuge, FormattableString.Invariant($"{kind.Subject} returned the reward {reward} from Step, at step {EpisodeSteps} of its episode. Scale rewards to about -10 to 10: a single one this large outweighs all others."));
    }

    private static double Tolerance(float bound) => Rounding * Math.Max(1, Math.Abs((double)bound));
}
