using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The restarts of failed environments: each is replaced by a new one of the factory, as often as is allowed over all environments.</summary>
/// <param name="environments">The environments.</param>
/// <param name="max">The number of restarts that are allowed, at least 0.</param>
/// <param name="warn">Receives a warning for each round of restarts; null for no receiver.</param>
/// <param name="cancellation">Ends the waits between restarts; once it is cancelled, no environment is restarted.</param>
internal sealed class EnvironmentRestarts(VectorEnvironment environments, int max, Action<string>? warn, CancellationToken cancellation)
{
    // A server that environments connect to takes some time to start again.
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    // The restarts of each environment since it last completed a step.
    private readonly int[] _inARow = new int[environments.Count];

    /// <summary>The number of restarts so far.</summary>
    public int Count { get; set; }

    /// <summary>The number of restarts of other environments that count as well; 0 at first.</summary>
    public int Elsewhere { get; set; }

    /// <summary>
    /// Replaces the environments that failed, which are then to be reset. Environments that fail again before they have completed a step are replaced after a wait, one for all of them: 100 ms, doubled each
    /// time, up to 30 s.
    /// </summary>
    /// <param name="failures">The failure of each environment; null where there is none.</param>
    /// <exception cref="EnvironmentException">No restart is left, or the work was cancelled.</exception>
    public void Restart(ReadOnlySpan<EnvironmentException?> failures)
    {
        EnvironmentException?[] left = [.. failures];
        for (var i = 0; i < left.Length; i++)
        {
            if (left[i] is not null && environments.Slot(i).HasStepped)
                _inARow[i] = 0;
        }

        while (Array.Exists(left, failure => failure is not null))
        {
            Prepare(left);
            for (var i = 0; i < left.Length; i++)
            {
                if (left[i] is not null)
                    left[i] = TryReplace(i);
            }
        }
    }

    // Counts a round, warns of it, and waits before it.
    private void Prepare(EnvironmentException?[] failures)
    {
        var first = Array.Find(failures, failure => failure is not null)!;
        int[] failed = [.. Enumerable.Range(0, failures.Length).Where(index => failures[index] is not null)];
        if (max == 0 || cancellation.IsCancellationRequested)
            ExceptionDispatchInfo.Throw(first);
        if (Count + Elsewhere + failed.Length > max)
        {
            var others = failed.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" {failed.Length} environments failed at once.");
            throw new EnvironmentException(string.Create(CultureInfo.InvariantCulture, $"{Sentence(first.Message)}{others} {Count + Elsewhere} of the restarts that the maxRestarts of LoadFromEnvironment allows, {max}, were used before."), first) { IsNonFinite = first.IsNonFinite };
        }

        var rounds = failed.Max(index => _inARow[index]++);
        Count += failed.Length;
        warn?.Invoke(failed.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Sentence(first.Message)} The environment is created anew, and its episode dropped (restart {Count + Elsewhere} of {max}).")
            : string.Create(CultureInfo.InvariantCulture, $"{Sentence(first.Message)} {failed.Length} environments failed at once, with the indices {Indices(failed)}: they are created anew, and their episodes dropped (restart {Count + Elsewhere} of {max})."));
        if (rounds > 0 && cancellation.WaitHandle.WaitOne(Delay(rounds)))
            ExceptionDispatchInfo.Throw(first);
    }

    // Null if the environment was replaced.
    private EnvironmentException? TryReplace(int index)
    {
        try
        {
            environments.Replace(index);
            return null;
        }
        catch (EnvironmentException creation)
        {
            return creation;
        }
    }

    private string Indices(int[] failed) => $"{string.Join(", ", failed.Take(8).Select(index => environments.First + index))}{(failed.Length <= 8 ? "" : " and others")}";

    // The messages of environments may end in anything.
    private static string Sentence(string message) => message.EndsWith('.') ? message : $"{message}.";

    private static TimeSpan Delay(int rounds) => TimeSpan.FromMilliseconds(Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, rounds - 1), MaxDelay.TotalMilliseconds));
}
