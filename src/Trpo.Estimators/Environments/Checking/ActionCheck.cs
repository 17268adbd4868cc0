using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>The check that an environment accepts every allowed action, including those at the bounds of its action space.</summary>
internal static class ActionCheck
{
    /// <summary>Steps with each action at the bounds, each in an episode of its own.</summary>
    /// <param name="probe">The environment.</param>
    /// <param name="findings">Receives the findings.</param>
    /// <param name="seed">The seed of the episodes.</param>
    public static void Run(EnvironmentProbe probe, EnvironmentFindings findings, int seed)
    {
        var kind = probe.Kind;
        var (accepted, refused) = (0, new List<(float[] Action, Exception Exception)>());
        foreach (var action in ActionProbes.Of(kind.Actions))
        {
            if (!probe.Reset(seed))
                return;

            // A forbidden action is skipped: another state may allow it, or none.
            var allowed = action.ToArray();
            if (!probe.ReplaceForbidden(new RandomSource((ulong)seed), allowed))
                return;
            if (!allowed.AsSpan().SequenceEqual(action))
                continue;
            if (probe.TryStep(action, out _) is { } exception)
                refused.Add((action, exception));
            else
                accepted++;
        }

        if (refused.Count == 0)
            return;
        var (first, why) = refused[0];
        if (accepted == 0)
        {
            findings.Add(EnvironmentFault.StepFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", why, step: 1, kind.Observations.Length)} It failed with each of the {refused.Count} actions that were tried.");
            return;
        }

        var others = refused.Count == 1 ? "" : $" {refused.Count - 1} of the other actions at the bounds failed too.";
        findings.Add(EnvironmentFault.ActionRefused, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", why, step: 1, kind.Observations.Length)} The action was {kind.Describe(first)}, which is in its ActionSpace, {kind.Actions}; Step must accept every action of the space, except for choices that {nameof(IEnvironment.Allows)} forbids.{others}");
    }
}
