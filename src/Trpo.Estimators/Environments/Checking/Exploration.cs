using System.Runtime.InteropServices;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>A random policy that plays in an environment, as at the start of training, with checks of its observations and rewards.</summary>
/// <param name="probe">The environment.</param>
/// <param name="findings">Receives the findings.</param>
/// <param name="episodeStepLimit">The number of steps after which an episode is truncated if the environment declares no limit.</param>
internal sealed class Exploration(EnvironmentProbe probe, EnvironmentFindings findings, int episodeStepLimit)
{
    private const int MaxKept = 4_096;
    private const int MaxKeptValues = 4_000_000;
    private const int MaxFailures = 10;
    private const int MaxWarmUpSteps = 1_000;
    private const double MinReportedBytes = 1;

    private readonly float[] _action = new float[probe.Kind.Actions.Length];
    private readonly List<float> _observations = [];
    private readonly int _stepLimit = probe.Kind.StepLimit(episodeStepLimit);
    private readonly DormantValues _dormant = new(probe.Kind);
    private double _minReward = double.PositiveInfinity;
    private double _maxReward = double.NegativeInfinity;
    private int _minLength = int.MaxValue;
    private int _maxLength;

    /// <summary>The number of steps.</summary>
    public int Steps { get; private set; }

    /// <summary>The number of episodes that ended or were truncated at the limit.</summary>
    public int Episodes { get; private set; }

    /// <summary>Plays a number of steps and adds the findings.</summary>
    public void Run(int steps, int seed)
    {
        var random = new RandomSource((ulong)seed);
        Play(steps, random);
        if (Episodes == 0 && Steps == steps && findings.IsNew(EnvironmentFault.EpisodeEndless))
        {
            var limit = probe.Kind.MaxEpisodeSteps is null ? "episodeStepLimit" : $"its {nameof(IEnvironment.MaxEpisodeSteps)}";
            findings.Add(EnvironmentFault.EpisodeEndNotSeen,
                FormattableString.Invariant($"{probe.Kind.Subject} ended no episode within the {steps} steps of the check, which are fewer than {limit} ({_stepLimit}). Check with more steps, or shorten the episodes with {nameof(TimeLimit)}."));
        }

        CheckRewards();
        CheckScale();
        if (probe.Cost.BytesPerStep >= MinReportedBytes && !probe.IsAsynchronous)
        {
            findings.Add(EnvironmentFault.StepAllocates, FormattableString.Invariant(
                $"{probe.Kind.Subject} allocates {probe.Cost.BytesPerStep:0.#} bytes per step on average: keep buffers in fields, and avoid LINQ and closures in Step, if speed matters."));
        }
    }

    private void Play(int steps, RandomSource random)
    {
        var failures = 0;
        if (!Reset(random.NextSeed()))
            return;
        while (Steps < steps)
        {
            if (Steps == Math.Min(MaxWarmUpSteps, steps / 4))
                probe.StartMeasuring();
            ActionSampling.Sample(probe.Kind.Actions, random, _action);
            if (!probe.ReplaceForbidden(random, _action))
                return;
            Steps++;
            if (Step() is { } result)
            {
                Record(result);
                if (!result.Ended && probe.EpisodeSteps < _stepLimit)
                    continue;
                if (!result.Ended && probe.Kind.MaxEpisodeSteps is null && findings.IsNew(EnvironmentFault.EpisodeEndless))
                    findings.Add(EnvironmentFault.EpisodeEndless, $"{probe.Kind.Subject} {EnvironmentErrors.EndlessEpisode(_stepLimit)}");
                Episodes++;
                (_minLength, _maxLength) = (Math.Min(_minLength, probe.EpisodeSteps), Math.Max(_maxLength, probe.EpisodeSteps));
            }
            else if (++failures == MaxFailures)
            {
                return;
            }

            if (!Reset(seed: null))
                return;
        }
    }

    private bool Reset(int? seed)
    {
        if (!probe.Reset(seed))
            return false;
        _dormant.Add(probe.Observation);
        return true;
    }

    // If actions at the bounds were refused, another refusal is not a new finding.
    private StepResult? Step()
    {
        if (!findings.Has(EnvironmentFault.ActionRefused))
            return probe.Step(_action);
        return probe.TryStep(_action, out var result) is null ? result : null;
    }

    private void Record(StepResult result)
    {
        _minReward = Math.Min(_minReward, result.Reward);
        _maxReward = Math.Max(_maxReward, result.Reward);
        if (!result.Ended && probe.EpisodeSteps >= probe.Kind.MaxEpisodeSteps && findings.IsNew(EnvironmentFault.MaxEpisodeStepsWrong))
            findings.Add(EnvironmentFault.MaxEpisodeStepsWrong, $"{probe.Kind.Subject} {EnvironmentErrors.DeclaredLimitIgnored(_stepLimit)}");

        _dormant.Add(probe.Observation);
        if (_observations.Count < Math.Min((long)MaxKept * probe.Observation.Length, MaxKeptValues))
            _observations.AddRange(probe.Observation);
    }

    // A constant reward other than 0 still tells episodes of different lengths apart.
    private void CheckRewards()
    {
        if (Episodes < 2 || _minReward != _maxReward || (_minReward != 0 && _minLength != _maxLength))
            return;
        findings.Add(EnvironmentFault.RewardConstant, FormattableString.Invariant(
            $"{probe.Kind.Subject} returned the reward {_minReward} in each of {Steps} steps, and the same return in each of {Episodes} episodes: a policy has nothing to learn from until rewards differ. Reward progress towards the goal as well, or make the goal easier to reach."));
    }

    // A space of columns needs a pipeline that combines them, which scales them too.
    private void CheckScale()
    {
        if (!probe.Kind.Observations.Columns.IsEmpty || _observations.Count == 0 || !findings.IsNew(EnvironmentFault.ObservationInvalid))
            return;
        if (_dormant.Describe() is { } dormant)
            findings.Add(EnvironmentFault.ObservationConstant, FormattableString.Invariant($"{probe.Kind.Subject} has observations of which {dormant} in {Steps} steps of a random policy. NormalizeMeanVariance, fitted on such steps, ignores what changes later for good: set the trainer's option NormalizeObservations instead. If a value never changes, leave it out."));
        if (ObservationScale.Describe(CollectionsMarshal.AsSpan(_observations), probe.Observation.Length, probe.Kind.Observations.Names) is { } unscaled)
            findings.Add(EnvironmentFault.ObservationsUnscaled, $"{probe.Kind.Subject} has unscaled observations: {unscaled}. {ObservationScale.Advice(new PolicyColumns().Observation)}");
    }
}
