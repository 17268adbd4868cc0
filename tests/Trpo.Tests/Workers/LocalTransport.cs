using Microsoft.ML;
using Trpo.Estimators.Workers;
using Trpo.Estimators.Workers.Hosting;

namespace Trpo.Tests.Workers;

/// <summary>Workers in this process, with hooks for what a network does to messages.</summary>
/// <param name="registry">The parts that the workers may use.</param>
internal sealed class LocalTransport(WorkerRegistry registry) : IWorkerTransport, IDisposable
{
    private readonly List<LocalConnection> _connections = [];

    public string Name => "the test cluster";

    /// <summary>Takes the place of the delivery of a request.</summary>
    public Func<LocalConnection, byte[], Func<Task<byte[]>>, Task<byte[]>> Deliver { get; init; } = (_, _, send) => send();

    /// <summary>Takes the place of the delivery of a question.</summary>
    public Func<LocalConnection, Func<byte[]>, Task<byte[]>> DeliverQuestion { get; init; } = (_, ask) => Task.FromResult(ask());

    /// <summary>Takes the place of a move, which loses the worker.</summary>
    public Action<LocalConnection> Move { get; init; } = connection => connection.Lose();

    /// <summary>Returns the name of the process of a connection.</summary>
    public Func<LocalConnection, string?> Place { get; init; } = _ => null;

    /// <summary>True if all blocks should move, whenever they are asked.</summary>
    public bool ShouldMove { get; init; }

    /// <summary>The connections, in the order of their blocks.</summary>
    public IReadOnlyList<LocalConnection> Connections => _connections;

    public IWorkerConnection Connect(string block)
    {
        var connection = new LocalConnection(this, registry, block);
        _connections.Add(connection);
        return connection;
    }

    public void Dispose() => _connections.ForEach(connection => connection.Lose());

    /// <summary>The connection to a worker in this process.</summary>
    internal sealed class LocalConnection(LocalTransport transport, WorkerRegistry registry, string block) : IWorkerConnection
    {
        private readonly object _gate = new();
        private readonly List<ShardWorker> _left = [];
        private ShardWorker? _worker;

        /// <summary>The name of the block.</summary>
        public string Block => block;

        /// <summary>The number of workers that this connection has had.</summary>
        public int Workers { get; private set; }

        /// <summary>True once the training has closed the connection.</summary>
        public bool IsClosed { get; private set; }

        public bool ShouldMove => transport.ShouldMove;

        public ShardWorker Worker
        {
            get
            {
                lock (_gate)
                {
                    if (_worker is null)
                        (_worker, Workers) = (new ShardWorker(new MLContext(1), registry), Workers + 1);
                    return _worker;
                }
            }
        }

        /// <summary>Loses the worker with all that it holds; the next message reaches a new one.</summary>
        public void Lose()
        {
            lock (_gate)
            {
                _worker?.Dispose();
                _worker = null;
            }
        }

        /// <summary>Leaves the worker, which lives on; the next message reaches a new one.</summary>
        public ShardWorker Leave()
        {
            var worker = Worker;
            lock (_gate)
            {
                _worker = null;
                _left.Add(worker);
            }

            return worker;
        }

        /// <summary>Loses the worker and returns to one that was left.</summary>
        public void Return(ShardWorker left)
        {
            Lose();
            lock (_gate)
                _worker = left;
        }

        public string? Place => transport.Place(this);

        public Task<byte[]> SendAsync(byte[] request, CancellationToken cancellation) => transport.Deliver(this, request, () => Worker.SendAsync(request));

        public Task<byte[]> AskAsync(byte[] question, CancellationToken cancellation)
        {
            var worker = Worker;
            return transport.DeliverQuestion(this, () => worker.Ask(question));
        }

        public Task MoveAsync(CancellationToken cancellation)
        {
            transport.Move(this);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            IsClosed = true;
            Lose();
            _left.ForEach(worker => worker.Dispose());
        }
    }
}
