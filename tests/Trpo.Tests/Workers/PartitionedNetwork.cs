using Trpo.Estimators.Workers.Hosting;

namespace Trpo.Tests.Workers;

/// <summary>
/// A network that cuts off the worker of one block at a request: nothing arrives in one direction until the training gives the worker up, which lives on. Then the network heals, and all that was under way arrives late:
/// requests and questions at the worker that was given up, answers at the training.
/// </summary>
/// <param name="cutAt">The number of the request, of all blocks, from 1.</param>
/// <param name="direction">The direction in which nothing arrives.</param>
/// <param name="returns">True if the block comes back to the worker that was given up, a few requests later.</param>
internal sealed class PartitionedNetwork(int cutAt, WorkerPartitionTests.Direction direction, bool returns)
{
    private const int RequestsUntilReturn = 5;

    private readonly object _gate = new();
    private readonly List<Action> _underWay = [];
    private LocalTransport.LocalConnection? _cut;
    private ShardWorker? _stale;
    private int _untilReturn = RequestsUntilReturn;

    /// <summary>The number of the request at which the network is cut.</summary>
    public int CutAt => cutAt;

    /// <summary>The number of requests.</summary>
    public int Requests { get; private set; }

    /// <summary>True if the worker was given up and the network has healed.</summary>
    public bool HasHealed => _stale is not null;

    /// <summary>The number of messages that arrived late.</summary>
    public int LateMessages { get; private set; }

    public Task<byte[]> Deliver(LocalTransport.LocalConnection connection, byte[] request, Func<Task<byte[]>> send)
    {
        lock (_gate)
        {
            if (++Requests == cutAt)
                _cut = connection;
            if (connection != _cut)
                return send();
            if (!HasHealed)
                return Hold(connection.Worker, worker => worker.SendAsync(request));
            if (!returns || --_untilReturn != 0)
                return send();
        }

        // The block is back where it was, for the worker that has an earlier state of it.
        connection.Return(_stale!);
        return send();
    }

    public Task<byte[]> DeliverQuestion(LocalTransport.LocalConnection connection, Func<byte[]> ask)
    {
        lock (_gate)
            return connection == _cut && !HasHealed ? Hold(connection.Worker, _ => Task.FromResult(ask())) : Task.FromResult(ask());
    }

    public void Move(LocalTransport.LocalConnection connection)
    {
        lock (_gate)
        {
            if (connection != _cut || HasHealed)
            {
                connection.Lose();
                return;
            }

            _stale = connection.Leave();
            LateMessages = _underWay.Count;
            _underWay.ForEach(deliver => deliver());
        }
    }

    // What goes to the worker waits in front of it; what comes from it is computed and waits behind it.
    private Task<byte[]> Hold(ShardWorker worker, Func<ShardWorker, Task<byte[]>> send)
    {
        var arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _underWay.Add(arrival.SetResult);
        return direction == WorkerPartitionTests.Direction.ToWorker ? SendLate() : AnswerLate(send(worker));

        async Task<byte[]> SendLate()
        {
            await arrival.Task.ConfigureAwait(false);
            return await send(worker).ConfigureAwait(false);
        }

        async Task<byte[]> AnswerLate(Task<byte[]> answer)
        {
            await arrival.Task.ConfigureAwait(false);
            return await answer.ConfigureAwait(false);
        }
    }
}
