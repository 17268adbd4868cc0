using System.Data.Common;
using System.Threading.Channels;

namespace Trpo.Examples.Personalizer;

/// <summary>Writes of many requests in one transaction, each of which is answered when the transaction is on the disk: a disk syncs some hundred times a second, and a service decides thousands of times.</summary>
internal sealed class GroupWriter : IAsyncDisposable
{
    private const int MaxGroup = 256;
    private readonly Channel<Item> _items = Channel.CreateBounded<Item>(4_096);
    private readonly Func<CancellationToken, Task<DbConnection>> _open;
    private readonly Task _loop;

    public GroupWriter(Func<CancellationToken, Task<DbConnection>> open)
    {
        _open = open;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Writes in a transaction, and completes once it is durable. If it throws, nobody knows if the write is on record: ask again by the same key.</summary>
    public async Task<T> WriteAsync<T>(Func<DbConnection, DbTransaction, Task<T>> write, CancellationToken cancellation)
    {
        var result = default(T);
        var item = new Item(async (connection, transaction) => result = await write(connection, transaction), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        await _items.Writer.WriteAsync(item, cancellation);
        await item.Done.Task.WaitAsync(cancellation);
        return result!;
    }

    public async ValueTask DisposeAsync()
    {
        _items.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        DbConnection? connection = null;
        var group = new List<Item>();
        while (await _items.Reader.WaitToReadAsync())
        {
            group.Clear();
            while (group.Count < MaxGroup && _items.Reader.TryRead(out var item))
                group.Add(item);
            try
            {
                connection ??= await _open(CancellationToken.None);
                await using var transaction = await connection.BeginTransactionAsync();
                foreach (var item in group)
                    await item.Write(connection, transaction);
                await transaction.CommitAsync();
                group.ForEach(item => item.Done.SetResult());
            }
            catch (Exception exception)
            {
                // Whatever it was, those who wait are told, and the next group has a connection of its own.
                group.ForEach(item => item.Done.TrySetException(exception));
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
            }
        }

        if (connection is not null)
            await connection.DisposeAsync();
    }

    private sealed record Item(Func<DbConnection, DbTransaction, Task> Write, TaskCompletionSource Done);
}
