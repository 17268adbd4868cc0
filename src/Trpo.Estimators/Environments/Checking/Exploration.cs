using System.Runtime.InteropServices;
using Trpo.Onnx;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>A random policy in an environment, as training begins, and what it met.</summary>
internal sealed class Exploration(EnvironmentProbe probe, EnvironmentFindings findings, int episodeStepLimit)
{
    private const int MostKept = 4_096;
    private const int MostKeptValues = 4_000_000;
    private const int MostFailures = 10;
    private const int LongestWarmUp = 1_000;
    private const double LeastBytes = 1;

    private readonly float[] _action = new float[probe.Kind.Actions.Length];
    private readonly List<float> _observations = [];
    private double _leastReward = double.PositiveInfinity;
    private double _greatestReward = double.NegativeInfinity;
    private int _shortest = int.MaxValue;
    private int _longest;

    /// <summary>The number of steps.</summary>
    public int Steps { get; private set; }

    /// <summary>The number of episodes that ended.</summary>
    public int Episodes { get; private set; }

    /// <summary>Plays for a number of steps.</summary>
    public void Run(int steps, int seed)
    {
        var random = new RandomSource((ulong)seed);
        Play(steps, random);
        if (Episodes == 0 && Steps == steps && findings.IsNew(EnvironmentFault.EpisodeEndless))
        {
            findings.Add(EnvironmentFault.EpisodeEndNotSeen,
                $"{probe.Kind.Subject} ended no episode within the {steps} steps of the check, fewer than episodeStepLimit, {episodeStepLimit}. Check with more steps, or shorten the episodes with {nameof(TimeLimit)}.");
        }

        CheckRewards();
        CheckScale();
        if (probe.Cost.BytesPerStep >= LeastBytes)
        {
            findings.Add(EnvironmentFault.StepAllocates, FormattableString.Invariant(
                $"{probe.Kind.Subject} allocates {probe.Cost.BytesPerStep:0.#} bytes in a step, on average: keep buffers in fields, and avoid LINQ and closures in Step, if speed matters."));
        }
    }

    private void Play(int steps, RandomSource random)
    {
        var failures = 0;
        if (!probe.Reset(random.NextSeed()))
            return;
        while (Steps < steps)
        {
            if (Steps == Math.Min(LongestWarmUp, steps / 4))
                probe.StartMeasuring();
            ActionSampling.Sample(probe.Kind.Actions, random, _action);
            if (!probe.Allow(random, _action))
                return;
            Steps++;
            if (Act() is { } result)
            {
                Note(result);
                if (!result.Ended && probe.EpisodeSteps < episodeStepLimit)
                    continue;
                if (!result.Ended)
                {
                    findings.Add(EnvironmentFault.EpisodeEndless, $"{probe.Kind.Subject} {EnvironmentErrors.EndlessEpisode(episodeStepLimit)}");
                    return;
                }

                Episodes++;
                (_shortest, _longest) = (Math.Min(_shortest, probe.EpisodeSteps), Math.Max(_longest, probe.EpisodeSteps));
            }
            else if (++failures == MostFailures)
            {
                return;
            }

            if (!probe.Reset(seed: null))
                return;
        }
    }

    // An action that was refused at the bounds is known already.
    private StepResult? Act()
    {
        if (!findings.Has(EnvironmentFault.ActionRefused))
            return probe.Step(_action);
        return probe.TryStep(_action, out var result) is null ? result : null;
    }

    private void Note(StepResult result)
    {
        _leastReward = Math.Min(_leastReward, result.Reward);
        _greatestReward = Math.Max(_greatestReward, result.Reward);
        if (!result.Ended && probe.EpisodeSteps >= probe.Kind.MaxEpisodeSteps)
        {
            findings.Add(EnvironmentFault.MaxEpisodeStepsWrong,
                $"{probe.Kind.Subject} goes on after step {probe.EpisodeSteps} of its episode, though its {nameof(IEnvironment.MaxEpisodeSteps)} says that it is truncated there. Truncate it with {nameof(TimeLimit)}, or leave {nameof(IEnvironment.MaxEpisodeSteps)} out.");
        }

        if (_observations.Count < Math.Min((long)MostKept * probe.Observation.Length, MostKeptValues))
            _observations.AddRange(probe.Observation);
    }

    // A constant reward says how long an episode was; where that is constant as well, it says nothing.
    private void CheckRewards()
    {
        if (Episodes < 2 || _leastReward != _greatestReward || (_leastReward != 0 && _shortest != _longest))
            return;
        findings.Add(EnvironmentFault.RewardConstant, FormattableString.Invariant(
            $"{probe.Kind.Subject} returned the reward {_leastReward} in each of {Steps} steps, and the same return in each of {Episodes} episodes: a policy has nothing to learn from until it meets another. Reward what leads to the goal as well, or make the goal easier to meet."));
    }

    // Columns are for a pipeline to combine, which scales them too.
    private void CheckScale()
    {
        if (!probe.Kind.Observations.Columns.IsEmpty || _observations.Count == 0 || !findings.IsNew(EnvironmentFault.ObservationInvalid))
            return;
        if (ObservationScale.Describe(CollectionsMarshal.AsSpan(_observations), probe.Observation.Length, probe.Kind.Observations.Names) is { } off)
            findings.Add(EnvironmentFault.ObservationsUnscaled, $"{probe.Kind.Subject} gives observations that are unscaled: {off}. {ObservationScale.Advice(new PolicyColumns().Observation)}");
    }
}
