using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// Whether episodes depend on the seed and the actions alone: not on the instance, on the episode before or on what other instances do; and whether they
/// depend on the seed at all. The first of these that fails ends the check, because the others build on it.
/// </summary>
/// <param name="one">A new environment.</param>
/// <param name="two">Another.</param>
/// <param name="findings">Receives what is wrong.</param>
/// <param name="actions">The actions of every episode.</param>
/// <param name="seed">The seed of the first episode; the next ones follow.</param>
internal sealed class RepeatabilityCheck(EnvironmentProbe one, EnvironmentProbe two, EnvironmentFindings findings, float[][] actions, int seed)
{
    // A small world may begin in the same way under two seeds, but hardly under so many.
    private const int OtherSeeds = 6;

    private string Subject => one.Kind.Subject;

    /// <param name="mostStepsToEnd">How long an episode is played on, to reset after its end; 0 where episodes are not known to end.</param>
    public void Run(int mostStepsToEnd)
    {
        var reference = Trajectory.Play(one, seed, actions);
        if (Trajectory.Play(two, seed, actions).DifferenceFrom(reference) is { } difference)
        {
            findings.Add(EnvironmentFault.NotRepeatable, $"{Subject} is not repeatable: two new ones, reset with the same seed and given the same actions, differ: {difference}. Draw everything random from one generator that Reset(seed) seeds and Reset(null) goes on with, and use neither clocks nor Random.Shared.");
            return;
        }

        if (IsIndependentOfWhatWasBefore(reference, mostStepsToEnd) && DependsOnSeed(reference) is { } other)
        {
            GoesOnWithoutSeed(reference);
            IsIndependentOfOthers(reference, other);
        }
    }

    private bool IsIndependentOfWhatWasBefore(Trajectory reference, int mostStepsToEnd)
    {
        var when = "after the end";
        var difference = mostStepsToEnd > 0 && PlayToEnd(mostStepsToEnd) ? Trajectory.Play(one, seed, actions).DifferenceFrom(reference) : null;
        if (difference is null)
        {
            when = "in the middle";
            _ = Trajectory.Play(one, seed, actions[..(reference.FirstEpisodeSteps / 2)]);
            difference = Trajectory.Play(one, seed, actions).DifferenceFrom(reference);
        }

        if (difference is null)
            return true;
        findings.Add(EnvironmentFault.ResetIncomplete, $"{Subject} does not start afresh: reset {when} of an episode, with the same seed and given the same actions, it differs from a new one: {difference}. Set every field back in Reset, counters of steps among them.");
        return false;
    }

    // From a reset of its own: a step after an end is not allowed.
    private bool PlayToEnd(int mostSteps)
    {
        if (!one.Reset(seed + 1))
            return false;
        var (random, action) = (new RandomSource(0), new float[one.Kind.Actions.Length]);
        for (var step = 0; step < mostSteps; step++)
        {
            actions[step % actions.Length].CopyTo(action, 0);
            if (!one.Allow(random, action) || one.TryStep(action, out var result) is not null)
                return false;
            if (result.Ended)
                return true;
        }

        return false;
    }

    // The episode of the next seed, or null where all seeds give the same.
    private Trajectory? DependsOnSeed(Trajectory reference)
    {
        var next = Trajectory.Play(one, seed + 1, actions);
        if (next.DifferenceFrom(reference) is not null || Enumerable.Range(2, OtherSeeds - 1).Any(i => Trajectory.Play(one, seed + i, actions).DifferenceFrom(reference) is not null))
            return next;
        findings.Add(EnvironmentFault.SeedWithoutEffect, $"{Subject} played the same episode under each of {OtherSeeds + 1} seeds, with the same actions. Draw what it starts with from a generator that Reset(seed) seeds, unless it is meant to be deterministic: a policy then learns one episode by heart.");
        IsIndependentOfOthers(reference, next);
        return null;
    }

    private void GoesOnWithoutSeed(Trajectory reference)
    {
        one.Reset(seed);
        for (var i = 0; i < OtherSeeds; i++)
        {
            if (Trajectory.Play(one, seed: null, actions).DifferenceFrom(reference) is not null)
                return;
        }

        findings.Add(EnvironmentFault.UnseededResetRepeats, $"{Subject} repeats one episode for ever when it is reset without a seed, as training does from the second episode on: Reset(null) must go on with the generator, not start it again.");
    }

    private void IsIndependentOfOthers(Trajectory reference, Trajectory other)
    {
        var (first, second) = (new Trajectory(one, seed, actions.Length), new Trajectory(two, seed + 1, actions.Length));
        foreach (var action in actions)
        {
            first.Step(action);
            second.Step(action);
        }

        if ((first.DifferenceFrom(reference) ?? second.DifferenceFrom(other)) is { } difference)
            findings.Add(EnvironmentFault.InstancesShareState, $"{Subject} shares state between its instances: stepped in turn with another one, its episode differs from the one that it plays alone: {difference}. Keep state in fields of the instance, not in static ones.");
    }
}
