namespace Trpo.Estimators.Display;

/// <summary>
/// A training as displays see it: its name and its end. Iterations carry it, so that a display knows to which training they belong, also where a receiver of the user's own passes them on.
/// </summary>
/// <param name="name">The name of the training.</param>
/// <param name="warn">Receives warnings until the end.</param>
internal class TrainingRun(string name, Action<string> warn) : IDisposable
{
    private const int MaxKeptWarnings = 5;

    private readonly Lock _gate = new();
    private readonly List<string> _warnings = [];
    private int _moreWarnings;
    private List<Action>? _ends = [];
    private bool _isClosed;

    /// <summary>Gets the name of the training.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the first warnings that displays show at the end, and the number of those that are not kept.</summary>
    public (IReadOnlyList<string> First, int More) Warnings
    {
        get
        {
            lock (_gate)
                return ([.. _warnings], _moreWarnings);
        }
    }

    /// <summary>Keeps a warning that the log of the context has, for displays.</summary>
    public void Keep(string warning)
    {
        lock (_gate)
        {
            if (_warnings.Count < MaxKeptWarnings)
                _warnings.Add(warning);
            else
                _moreWarnings++;
        }
    }

    /// <summary>Registers an action for the end of the training, however it ends.</summary>
    /// <param name="end">The action, which throws nothing.</param>
    /// <returns>False if the training has ended.</returns>
    public bool TryOnEnd(Action end)
    {
        lock (_gate)
        {
            _ends?.Add(end);
            return _ends is not null;
        }
    }

    /// <summary>Warns, if the training has not ended.</summary>
    public void Warn(string message)
    {
        // Under the lock, because the receiver ends with the training.
        lock (_gate)
        {
            if (!_isClosed)
                warn(message);
        }
    }

    /// <summary>Ends the training.</summary>
    public void Dispose()
    {
        List<Action> ends;
        lock (_gate)
        {
            ends = _ends ?? [];
            _ends = null;
        }

        foreach (var end in ends)
            end();
        lock (_gate)
            _isClosed = true;
    }
}
