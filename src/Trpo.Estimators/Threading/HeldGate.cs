namespace Trpo.Estimators.Threading;

/// <summary>The lock of a gate, held until it is disposed of.</summary>
internal readonly ref struct HeldGate<TThreading>
    where TThreading : IThreading
{
    private readonly TThreading _threading;
    private readonly object _gate;
    private readonly string _name;

    public HeldGate(TThreading threading, object gate, string name)
    {
        (_threading, _gate, _name) = (threading, gate, name);
        threading.Enter(gate, name);
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _threading.Exit(_gate, _name);
}
