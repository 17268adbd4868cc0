using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Estimators.Workers.Hosting;

namespace Trpo.Benchmarks.Workers;

/// <summary>Workers in this process behind messages that take a set time. It counts requests and bytes.</summary>
/// <param name="delay">The time of a message in one direction.</param>
internal sealed class DelayedTransport(TimeSpan delay) : IWorkerTransport
{
    // The clock of the operating system wakes a sleeper up to this much late.
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(1);

    private long _requests;
    private long _requestBytes;
    private long _answerBytes;

    /// <summary>The number of requests so far.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The bytes of requests so far.</summary>
    public long RequestBytes => Interlocked.Read(ref _requestBytes);

    /// <summary>The bytes of answers so far.</summary>
    public long AnswerBytes => Interlocked.Read(ref _answerBytes);

    public string Name => "this process";

    public IWorkerConnection Connect(string block) => new Connection(this);

    private async Task<byte[]> SendAsync(ShardWorker worker, byte[] request)
    {
        await Delay().ConfigureAwait(false);
        var answer = await worker.SendAsync(request).ConfigureAwait(false);
        await Delay().ConfigureAwait(false);
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _requestBytes, request.Length);
        Interlocked.Add(ref _answerBytes, answer.Length);
        return answer;
    }

    private Task Delay() => delay == TimeSpan.Zero ? Task.CompletedTask : Task.Run(() =>
    {
        var start = Stopwatch.GetTimestamp();

        // The time of a message is what the benchmark sets; a sleep may take longer, so the rest is waited for awake.
        if (delay > Slack)
            Thread.Sleep(delay - Slack);
        while (Stopwatch.GetElapsedTime(start) < delay)
            Thread.Yield();
    });

    private sealed class Connection(DelayedTransport transport) : IWorkerConnection
    {
        private readonly ShardWorker _worker = new(new MLContext(1), new WorkerRegistry().AddEnvironment("CartPole", () => new CartPole()));

        public Task<byte[]> SendAsync(byte[] request, CancellationToken cancellation) => transport.SendAsync(_worker, request);

        public Task<byte[]> AskAsync(byte[] question, CancellationToken cancellation) => Task.FromResult(_worker.Ask(question));

        public Task MoveAsync(CancellationToken cancellation) => Task.CompletedTask;

        public void Dispose() => _worker.Dispose();
    }
}
