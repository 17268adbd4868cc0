using Microsoft.ML;
using Trpo.Estimators.Shards.Remote;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>
/// The worker of one block of shards: creates the block from registered parts, computes what a training asks for on threads of its own, and answers. Requests are checked before they are believed. The
/// methods may be called from any thread and never compute on it.
/// </summary>
public sealed class ShardWorker : IDisposable
{
    private readonly object _gate = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockFactory _factory;
    private BlockThread? _thread;
    private Guid _training;
    private int _block;
    private int _epoch;
    private long _accepted;
    private Task<byte[]> _answer = Task.FromResult<byte[]>([]);
    private BlockRequest? _atWork;
    private bool _isDisposed;

    /// <summary>Creates a worker that runs nothing yet.</summary>
    /// <param name="ml">The context that transforms are loaded with.</param>
    /// <param name="registry">The parts that trainings may use.</param>
    public ShardWorker(MLContext ml, WorkerRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(ml);
        ArgumentNullException.ThrowIfNull(registry);
        _factory = new BlockFactory(ml, registry);
    }

    /// <summary>Gets the present state.</summary>
    public WorkerStatus Status
    {
        get
        {
            lock (_gate)
                return (_thread?.Status ?? new WorkerStatus()) with { Training = _training, Begins = _epoch };
        }
    }

    /// <summary>Gets a task that ends when the worker is disposed and its environments are: after the step at work, which may take any time. It does not fail.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Answers a request of a training. A request that was answered before is answered again and not computed again.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The answer. Failures are answers too, so that the task fails only if the worker is disposed.</returns>
    /// <exception cref="InvalidDataException">The request is none of a training with this version of the protocol.</exception>
    /// <exception cref="ObjectDisposedException">The worker is disposed.</exception>
    public Task<byte[]> SendAsync(byte[] request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var read = BlockRequest.Of(request);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var header = read.Header;
            var isOfThisBlock = header.Training == _training && header.Block == _block;
            var isOfThisEpoch = isOfThisBlock && header.Epoch == _epoch;
            if (isOfThisEpoch && header.Sequence == _accepted)
                return _answer;
            // A training waits for each answer, so that no queue can grow.
            var isNext = isOfThisEpoch ? header.Sequence == _accepted + 1 && _answer.IsCompleted : read.Begins && (!isOfThisBlock || header.Epoch > _epoch);
            if (!isNext)
                return Task.FromResult(new Answer { Kind = AnswerKind.NotBegun, Header = header }.ToArray());
            if (!isOfThisEpoch)
            {
                // A block that the training has given up makes way, and is waited for on the thread of the next one.
                _thread?.Dispose();
                _thread = new BlockThread(_factory, _thread);
            }

            (_training, _block, _epoch, _accepted) = (header.Training, header.Block, header.Epoch, header.Sequence);
            _atWork = read;
            _answer = _thread!.Enqueue(read);
            return _answer;
        }
    }

    /// <summary>Answers a question about the request at work, at once; the question may tell the worker to stop collecting before the next environment step.</summary>
    /// <param name="question">The question.</param>
    /// <exception cref="InvalidDataException">The question is none of a training with this version of the protocol.</exception>
    public byte[] Ask(byte[] question)
    {
        ArgumentNullException.ThrowIfNull(question);
        var read = BlockRequest.Checked(() => BlockQuestion.Of(question));
        lock (_gate)
        {
            var isOfThisBlock = read.Header.Training == _training && read.Header.Block == _block && !_isDisposed;
            if (isOfThisBlock && read.Header.Epoch == _epoch && read.Header.Sequence == _accepted)
                Stop(read.Stop);
            var epoch = isOfThisBlock ? _epoch : 0;
            return new BlockStatus(epoch, _accepted, _answer.IsCompleted ? _accepted : _accepted - 1, _thread?.CollectedSteps ?? 0).ToArray();
        }
    }

    /// <summary>Ends the work within one environment step, then disposes the environments, both on the worker's own threads: returns at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            _thread?.Dispose();
        }

        (_thread?.Ended ?? Task.CompletedTask).ContinueWith(_ => _completion.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private void Stop(StopLevel level)
    {
        if (level >= StopLevel.Pause)
            _atWork?.Stop();
        if (level == StopLevel.Cancel)
            _thread?.Cancel();
    }
}
