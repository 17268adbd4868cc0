namespace Trpo.Tests.Support.Scheduling;

/// <summary>A thread of the operating system that runs one body after another: to create one costs more than an interleaving of some hundred operations.</summary>
internal sealed class ReusableThread : IDisposable
{
    private readonly SemaphoreSlim _begun = new(0);
    private readonly SemaphoreSlim _ended = new(0);
    private ThreadStart? _body;

    public ReusableThread()
    {
        Thread = new Thread(Run) { IsBackground = true };
        Thread.Start();
    }

    public Thread Thread { get; }

    /// <summary>The turn of the scheduled thread that runs on this one.</summary>
    public SemaphoreSlim Turn { get; } = new(0);

    public void Begin(ThreadStart body)
    {
        _body = body;
        _begun.Release();
    }

    /// <summary>Waits for the end of the body.</summary>
    /// <returns>False if the time is over before.</returns>
    public bool AwaitEnd(TimeSpan timeout) => _ended.Wait(timeout);

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _body = null;
        _begun.Release();
    }

    private void Run()
    {
        while (true)
        {
            _begun.Wait();
            if (_body is null)
                return;
            _body();
            _ended.Release();
        }
    }
}
