using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>
/// One request and its answer over a connection that may lose, delay and repeat both. Questions while the answer is awaited tell a worker at work, a request or an answer that is lost, and a lost worker apart.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="workers">The settings.</param>
/// <param name="request">The request.</param>
/// <param name="header">Its head.</param>
internal sealed class WorkerExchange(IWorkerConnection connection, TrainingWorkers workers, byte[] request, RequestHeader header) : IDisposable
{
    // Calls in a row that fail, after which the worker counts as lost.
    private const int MaxFailures = 3;

    // An answer that never arrives may be too large for the transport.
    private const int MaxSends = 10;

    // What a slow network carries, in bytes per second: a message is given as much longer. Questions wait behind it.
    private const double MinBandwidth = 8e6;

    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _abandoned = new();
    private readonly List<Task<byte[]>> _answers = [];
    private readonly TimeSpan _poll = workers.HeartbeatInterval < MaxPoll ? workers.HeartbeatInterval : MaxPoll;
    private Task<byte[]>? _question;
    private Exception? _failure;
    private long _alive = Environment.TickCount64;
    private long _asked = Environment.TickCount64;
    private long _sent;
    private long _looked;
    private int _failures;
    private int _sends;
    private int _idleBeats;
    private int _maxIdleBeats = 2;
    private StopLevel _stop;

    /// <summary>Gets or sets the function that is asked from time to time how the worker is to end the request. Null for never.</summary>
    public Func<StopLevel>? MustStop { get; init; }

    /// <summary>Gets or sets the number of bytes that the answer may have.</summary>
    public int ExpectedBytes { get; init; }

    /// <summary>Gets or sets the function that tells, from time to time, that the worker is to be given up because it is slow. Null for never.</summary>
    public Func<bool>? IsLate { get; init; }

    /// <summary>Receives each sign of life.</summary>
    public Action<BlockStatus>? Observe { get; init; }

    /// <summary>Sends the request and waits for the answer.</summary>
    /// <returns>The answer; or null where the worker is lost, and why.</returns>
    public (Answer? Answer, Exception? Reason) Run()
    {
        _looked = Environment.TickCount64;
        Send();
        while (true)
        {
            if (Await() is { } answer)
                return (answer, null);
            Beat();
            if (_failures >= MaxFailures || Since(_alive) > workers.LossTimeout + TransferTime)
                return (null, new TimeoutException($"The worker gave no sign of life{(_failures >= MaxFailures ? "" : FormattableString.Invariant($" for {workers.LossTimeout.TotalSeconds:G4} seconds"))}{(_failure is null ? "." : $": {FailureText.FirstLine(_failure)}")}", _failure));
            if (IsLate?.Invoke() == true)
                return (null, new TimeoutException($"The worker lives, but took more than twice as long as all others ({nameof(TrainingWorkers)}.{nameof(TrainingWorkers.StragglerTimeout)})."));
            if (_sends > MaxSends)
                return (null, new TimeoutException(FormattableString.Invariant($"The request was sent {MaxSends} times, and no answer arrived, though the worker lives.{(_failure is null ? "" : $" {FailureText.FirstLine(_failure)}")}"), _failure));
        }
    }

    /// <summary>Gives up the calls that are still on their way.</summary>
    public void Dispose()
    {
        _abandoned.Cancel();
        _abandoned.Dispose();
        _answers.ForEach(PendingCall.Forget);
        if (_question is not null)
            PendingCall.Forget(_question);
    }

    private TimeSpan TransferTime => TimeSpan.FromSeconds(Math.Max(request.Length, ExpectedBytes) / MinBandwidth);

    private Answer? Await()
    {
        var index = _answers.Count == 0 ? WaitWithoutAnswer() : Task.WaitAny([.. _answers], _poll);
        NotePause();
        if (index < 0)
            return null;
        var received = _answers[index];
        _answers.RemoveAt(index);
        if (!received.IsCompletedSuccessfully)
        {
            Fail(PendingCall.FailureOf(received));
            return null;
        }

        try
        {
            // An answer to an earlier request may have been delivered late.
            var answer = Answer.Of(received.Result);
            return answer.Header == header ? answer : null;
        }
        catch (IOException exception)
        {
            Fail(exception);
            return null;
        }
    }

    private int WaitWithoutAnswer()
    {
        Task.Delay(_poll).Wait();
        if (Since(_sent) >= _poll)
            Send();
        return -1;
    }

    // A process that stood still has heard no sign of life meanwhile, whether there were some or not.
    private void NotePause()
    {
        if (Since(_looked) > workers.LossTimeout / 2)
            _alive = Environment.TickCount64;
        _looked = Environment.TickCount64;
    }

    private void Send()
    {
        _answers.Add(PendingCall.Start(() => connection.SendAsync(request, _abandoned.Token)));
        _sent = Environment.TickCount64;
        _sends++;
        _idleBeats = 0;
    }

    private void Beat()
    {
        if (MustStop is not null && MustStop() is var stop && stop > _stop)
            (_stop, _asked) = (stop, 0);
        if (_question is { IsCompleted: true })
        {
            Note(_question);
            _question = null;
        }

        // A question that never returns is no reason to stop asking.
        if (_question is not null && Since(_asked) > workers.LossTimeout / 3)
        {
            PendingCall.Forget(_question);
            _question = null;
        }

        if (_question is not null || Since(_asked) < workers.HeartbeatInterval)
            return;
        _asked = Environment.TickCount64;
        _question = PendingCall.Start(() => connection.AskAsync(new BlockQuestion(header, _stop).ToArray(), _abandoned.Token));
    }

    private void Note(Task<byte[]> question)
    {
        BlockStatus status;
        try
        {
            if (!question.IsCompletedSuccessfully)
            {
                Fail(PendingCall.FailureOf(question));
                return;
            }

            status = BlockStatus.Of(question.Result);
        }
        catch (IOException exception)
        {
            Fail(exception);
            return;
        }

        (_alive, _failures) = (Environment.TickCount64, 0);
        var hasArrived = status.Epoch == header.Epoch && status.Accepted == header.Sequence;
        if (hasArrived)
            Observe?.Invoke(status);

        // The request, or its answer, may still be on its way: each time it is given twice as long.
        _idleBeats = (hasArrived && status.Answered < header.Sequence) || Since(_sent) < TransferTime ? 0 : _idleBeats + 1;
        if (_idleBeats <= _maxIdleBeats)
            return;
        _maxIdleBeats *= 2;
        Send();
    }

    private void Fail(Exception exception)
    {
        _failure = exception;
        _failures++;
        _asked = 0;
    }

    private static TimeSpan Since(long ticks) => TimeSpan.FromMilliseconds(Environment.TickCount64 - ticks);
}
