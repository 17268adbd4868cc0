using System.Runtime.ExceptionServices;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Shards;

/// <summary>
/// The collection of one rollout by several shards at once. All shards stand still while the caller is asked whether to proceed, so that a checkpoint may be written meanwhile. The exception that a
/// failed collection throws does not depend on who ran first: it is that of the earliest step, and of the lowest shard among those that failed in it.
/// </summary>
/// <typeparam name="TThreading">The operations of threads: <see cref="SystemThreading"/>, or those of a scheduler.</typeparam>
internal abstract class RolloutRound<TThreading>
    where TThreading : struct, IThreading
{
    private readonly TThreading _threading;
    private readonly IReadOnlyList<IShard> _shards;
    private readonly Action<int, Action<int>> _run;
    private readonly Func<bool> _mustPause;
    private readonly Func<bool> _isCancelled;
    private readonly Func<bool>[] _proceeds;
    private readonly bool[] _hasFailed;
    private readonly bool[] _isComplete;
    private readonly int[] _startedAt;

    // _gate guards the failure.
    private readonly object _gate = new();
    private ExceptionDispatchInfo? _failure;
    private int _failedShard;

    // The step that the first failure was in, which the other shards still make.
    private int _lastStep = int.MaxValue;
    private int _isPaused;
    private bool _catchesUp;

    /// <param name="shards">The shards.</param>
    /// <param name="run">Runs a number of parts, the numbers of the shards, on any threads, and returns when all have ended.</param>
    /// <param name="mustPause">Asked before each step of a shard, on its thread; true if all shards are to stand still.</param>
    /// <param name="isCancelled">Asked instead before each step that a shard makes after another failed, on its thread; true to make no more of them.</param>
    /// <param name="threading">The operations of threads.</param>
    protected RolloutRound(IReadOnlyList<IShard> shards, Action<int, Action<int>> run, Func<bool> mustPause, Func<bool> isCancelled, TThreading threading)
    {
        (_shards, _run, _mustPause, _isCancelled, _threading) = (shards, run, mustPause, isCancelled, threading);
        _proceeds = [.. Enumerable.Range(0, shards.Count).Select(index => (Func<bool>)(() => Proceeds(index)))];
        (_hasFailed, _isComplete, _startedAt) = (new bool[shards.Count], new bool[shards.Count], new int[shards.Count]);
    }

    /// <summary>Collects the rollouts, from where they stopped.</summary>
    /// <param name="proceed">Asked while all shards stand still, at first and whenever one had to pause.</param>
    /// <returns>True if they are complete, false if <paramref name="proceed"/> stopped them.</returns>
    public bool Collect(Func<bool> proceed)
    {
        while (true)
        {
            if (!proceed())
                return false;
            _threading.Write(ref _isPaused, 0);
            _run(_shards.Count, CollectPart);
            if (_failure is not null)
                CatchUpAndThrow(_failure);
            if (Array.TrueForAll(_isComplete, complete => complete))
                return true;
        }
    }

    private void CollectPart(int index)
    {
        if (_hasFailed[index])
            return;
        _startedAt[index] = _shards[index].CollectedSteps;
        try
        {
            _isComplete[index] = _shards[index].Collect(_proceeds[index]);
        }
        catch (Exception exception)
        {
            Fail(index, exception);
        }
    }

    private bool Proceeds(int index)
    {
        if (_shards[index].CollectedSteps > _threading.Read(ref _lastStep))
            return false;
        if (_catchesUp)
            return !_isCancelled();
        if (_threading.Read(ref _isPaused) != 0)
            return false;

        // Whoever stops all others has made a step since they last stood still, so that the rollouts come to an end however often there is a reason to pause.
        if (_shards[index].CollectedSteps == _startedAt[index] || !_mustPause())
            return true;
        _threading.Write(ref _isPaused, 1);
        return false;
    }

    private void Fail(int index, Exception exception)
    {
        _hasFailed[index] = true;
        var step = _shards[index].CollectedSteps;
        using (_threading.Hold(_gate))
        {
            if (_failure is not null && (step, index).CompareTo((_lastStep, _failedShard)) > 0)
                return;
            (_failure, _failedShard) = (ExceptionDispatchInfo.Capture(exception), index);
            _threading.Write(ref _lastStep, step);
        }
    }

    // A shard that has not come to the step of the failure may fail before it. Which of them is thrown matters no more once the collection is cancelled.
    private void CatchUpAndThrow(ExceptionDispatchInfo failure)
    {
        _catchesUp = true;
        _run(_shards.Count, CollectPart);
        (_failure ?? failure).Throw();
    }
}
