using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The check that episodes depend on the seed, and on nothing but the seed and the actions: not on the instance, the episode before, or other
/// instances. The first failure ends the check, because later comparisons build on earlier ones.
/// </summary>
/// <param name="one">A new environment.</param>
/// <param name="two">Another new environment.</param>
/// <param name="findings">Receives the findings.</param>
/// <param name="actions">The actions of every episode.</param>
/// <param name="seed">The seed of the first episode; other episodes have the seeds that follow.</param>
internal sealed class RepeatabilityCheck(EnvironmentProbe one, EnvironmentProbe two, EnvironmentFindings findings, float[][] actions, int seed)
{
    // A small environment may begin alike under two seeds, but hardly under so many.
    private const int OtherSeeds = 6;

    private string Subject => one.Kind.Subject;

    /// <summary>Runs the comparisons and adds the findings.</summary>
    /// <param name="maxStepsToEnd">The number of steps to play an episode to its end before a reset; 0 if episodes are not known to end.</param>
    public void Run(int maxStepsToEnd)
    {
        var reference = Trajectory.Play(one, seed, actions);
        if (Trajectory.Play(two, seed, actions).DifferenceFrom(reference) is { } difference)
        {
            findings.Add(EnvironmentFault.NotRepeatable, $"{Subject} is not repeatable: two new instances, reset with the same seed and given the same actions, differ: {difference}. Draw all random numbers from one generator that Reset(seed) seeds and Reset(null) continues, and use neither clocks nor Random.Shared.");
            return;
        }

        if (IsIndependentOfEarlierEpisodes(reference, maxStepsToEnd) && CheckSeed(reference) is { } other)
        {
            CheckUnseededReset(reference);
            CheckOtherInstances(reference, other);
        }
    }

    private bool IsIndependentOfEarlierEpisodes(Trajectory reference, int maxStepsToEnd)
    {
        var when = "after the end";
        var difference = maxStepsToEnd > 0 && PlayToEnd(maxStepsToEnd) ? Trajectory.Play(one, seed, actions).DifferenceFrom(reference) : null;
        if (difference is null)
        {
            when = "in the middle";
            _ = Trajectory.Play(one, seed, actions[..(reference.FirstEpisodeSteps / 2)]);
            difference = Trajectory.Play(one, seed, actions).DifferenceFrom(reference);
        }

        if (difference is null)
            return true;
        findings.Add(EnvironmentFault.ResetIncomplete, $"{Subject} does not reset completely: reset {when} of an episode, with the same seed and the same actions, it differs from a new instance: {difference}. Reset every field in Reset, including step counters.");
        return false;
    }

    // Resets first, because a step after the end of an episode is not allowed.
    private bool PlayToEnd(int maxSteps)
    {
        if (!one.Reset(seed + 1))
            return false;
        var (random, action) = (new RandomSource(0), new float[one.Kind.Actions.Length]);
        for (var step = 0; step < maxSteps; step++)
        {
            actions[step % actions.Length].CopyTo(action, 0);
            if (!one.ReplaceForbidden(random, action) || one.TryStep(action, out var result) is not null)
                return false;
            if (result.Ended)
                return true;
        }

        return false;
    }

    // Returns the episode of the next seed, or null if all seeds give the same.
    private Trajectory? CheckSeed(Trajectory reference)
    {
        var next = Trajectory.Play(one, seed + 1, actions);
        if (next.DifferenceFrom(reference) is not null || Enumerable.Range(2, OtherSeeds - 1).Any(i => Trajectory.Play(one, seed + i, actions).DifferenceFrom(reference) is not null))
            return next;
        findings.Add(EnvironmentFault.SeedWithoutEffect, $"{Subject} played the same episode under each of {OtherSeeds + 1} seeds, with the same actions. Draw its initial state from a generator that Reset(seed) seeds, unless it is meant to be deterministic: a policy then learns that one episode by heart.");
        CheckOtherInstances(reference, next);
        return null;
    }

    private void CheckUnseededReset(Trajectory reference)
    {
        one.Reset(seed);
        for (var i = 0; i < OtherSeeds; i++)
        {
            if (Trajectory.Play(one, seed: null, actions).DifferenceFrom(reference) is not null)
                return;
        }

        findings.Add(EnvironmentFault.UnseededResetRepeats, $"{Subject} repeats one episode forever when it is reset without a seed, as in training from the second episode on: Reset(null) must continue the generator, not restart it.");
    }

    private void CheckOtherInstances(Trajectory reference, Trajectory other)
    {
        var (first, second) = (new Trajectory(one, seed, actions.Length), new Trajectory(two, seed + 1, actions.Length));
        foreach (var action in actions)
        {
            first.Step(action);
            second.Step(action);
        }

        if ((first.DifferenceFrom(reference) ?? second.DifferenceFrom(other)) is { } difference)
            findings.Add(EnvironmentFault.InstancesShareState, $"{Subject} shares state between its instances: stepped in turn with another instance, its episode differs from the one that it plays alone: {difference}. Keep state in instance fields, not in static ones.");
    }
}
