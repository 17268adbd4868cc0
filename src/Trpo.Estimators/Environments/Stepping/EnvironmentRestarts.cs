using System.Globalization;
using System.Runtime.ExceptionServices;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The restarts of failed environments: each is replaced by a new one of the factory, as often as is allowed over all environments.</summary>
/// <param name="environments">The environments.</param>
/// <param name="max">The number of restarts that are allowed, at least 0.</param>
/// <param name="warn">Receives a warning for each restart; null for no receiver.</param>
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

    /// <summary>Replaces an environment that failed, which is then to be reset. An environment that fails again before it completes a step is replaced after a wait: 100 ms, doubled each time, up to 30 s.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="failure">The failure.</param>
    /// <exception cref="EnvironmentException">No restart is left, or the work was cancelled.</exception>
    public void Restart(int index, EnvironmentException failure)
    {
        if (environments.Slot(index).HasStepped)
            _inARow[index] = 0;
        while (true)
        {
            Require(failure);
            if (_inARow[index]++ > 0 && cancellation.WaitHandle.WaitOne(Delay(_inARow[index])))
                ExceptionDispatchInfo.Throw(failure);
            Count++;
            warn?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{failure.Message} The environment is created anew, and its episode dropped (restart {Count} of {max})."));
            try
            {
                environments.Replace(index);
                return;
            }
            catch (EnvironmentException creation)
            {
                failure = creation;
            }
        }
    }

    private void Require(EnvironmentException failure)
    {
        if (max == 0 || cancellation.IsCancellationRequested)
            ExceptionDispatchInfo.Throw(failure);
        if (Count >= max)
            throw new EnvironmentException(string.Create(CultureInfo.InvariantCulture, $"{failure.Message} Environments were restarted {Count} times before, as often as the maxRestarts of LoadFromEnvironment allows."), failure) { IsNonFinite = failure.IsNonFinite };
    }

    private static TimeSpan Delay(int inARow) => TimeSpan.FromMilliseconds(Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, inARow - 2), MaxDelay.TotalMilliseconds));
}
