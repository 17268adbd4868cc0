using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>Every action of the action space that is not forbidden is one that an environment takes, those at its bounds as well.</summary>
internal static class ActionCheck
{
    /// <summary>Acts at each bound, each time in an episode of its own.</summary>
    /// <param name="probe">The environment.</param>
    /// <param name="findings">Receives what is wrong.</param>
    /// <param name="seed">The seed of the episodes.</param>
    public static void Run(EnvironmentProbe probe, EnvironmentFindings findings, int seed)
    {
        var kind = probe.Kind;
        var (accepted, refused) = (0, new List<(float[] Action, Exception Exception)>());
        foreach (var action in ActionProbes.Of(kind.Actions))
        {
            if (!probe.Reset(seed))
                return;

            // What is forbidden here is met elsewhere, or never.
            var allowed = action.ToArray();
            if (!probe.Allow(new RandomSource((ulong)seed), allowed))
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
            findings.Add(EnvironmentFault.StepFailed, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", why, kind.Observations.Length)} It was at step 1 of its episode, and failed with every action that was tried.");
            return;
        }

        var others = refused.Count == 1 ? "" : $" {refused.Count - 1} of the other actions at the bounds failed too.";
        findings.Add(EnvironmentFault.ActionRefused, $"{kind.Subject} {EnvironmentErrors.MethodFailed("Step", why, kind.Observations.Length)} The action was {kind.Describe(first)}, which its ActionSpace, {kind.Actions}, has; all of them must be taken, but for choices that {nameof(IEnvironment.Allows)} forbids.{others}");
    }
}
