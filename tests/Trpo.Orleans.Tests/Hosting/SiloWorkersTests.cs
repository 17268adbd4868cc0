using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Trpo.Orleans.Hosting;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Hosting;

/// <summary>The blocks of a silo.</summary>
public sealed class SiloWorkersTests
{
    [Test]
    public void A_silo_without_workers_refuses_blocks() => Assert.That(
        () => Create(factory: null).Open("key", _ => { }),
        Throws.InvalidOperationException.With.Message.EqualTo("Block 'key' is refused: the silo has no workers; AddTrpoWorkers adds some."));

    [Test]
    public async Task A_block_whose_worker_is_disposed_makes_room()
    {
        var workers = Create(new FakeWorkers());
        var block = workers.Open("key", _ => { });
        Assert.That(() => workers.Open("key", _ => { }), Throws.InvalidOperationException.With.Message.Contains("its earlier worker is still being disposed"));

        await workers.EndAsync(block, "a test");

        Assert.That(workers.Blocks, Is.Empty);
        Assert.That(() => workers.Open("key", _ => { }), Throws.Nothing);
    }

    [Test]
    public async Task A_repeated_call_starts_nothing_and_a_replaced_worker_is_told_apart()
    {
        var fakes = new FakeWorkers();
        var block = Create(fakes).Open("key", _ => { });
        var id = Guid.NewGuid();
        var first = block.SendAsync(id, [FakeWorker.Held], default);
        var second = block.SendAsync(id, [FakeWorker.Held], default);
        fakes.All[0].Release(5);

        Assert.That(await first, Is.EqualTo(new byte[] { 5 }));
        Assert.That(await second, Is.EqualTo(new byte[] { 5 }));
        Assert.That(fakes.All[0].Requests, Is.EqualTo(1));
        Assert.That(() => block.ReceiveAsync(Guid.NewGuid(), default), Throws.InvalidOperationException.With.Message.Contains("does not know the request"));
    }

    [Test]
    public async Task An_end_fails_the_calls_that_wait_also_if_the_worker_does_not()
    {
        var reasons = new List<string>();
        var block = new HostedBlock("key", new StubbornWorker(), reasons.Add, TimeProvider.System, NullLogger.Instance);
        var answer = block.SendAsync(Guid.NewGuid(), [1], default);

        await block.EndAsync("a test");
        await block.EndAsync("another");

        Assert.That(() => answer, Throws.InvalidOperationException.With.Message.EqualTo("The worker of block 'key' has ended: a test."));
        Assert.That(() => block.Ask([1]), Throws.InvalidOperationException);
        Assert.That(reasons, Is.EqualTo(new[] { "a test" }));
    }

    [Test]
    public void A_silo_takes_16_blocks_for_each_shard_of_its_capacity()
    {
        var workers = Create(new FakeWorkers());
        for (var block = 0; block < 16; block++)
            workers.Open($"{block}", _ => { });

        Assert.That(() => workers.Open("one too many", _ => { }), Throws.InvalidOperationException.With.Message.StartsWith("Block 'one too many' is refused: the silo has 16 blocks, 16 for each shard of its capacity of 1; add silos"));
    }

    [Test]
    public async Task A_stop_waits_for_the_environments_as_long_as_it_may()
    {
        var worker = new SlowWorker();
        var workers = Create(worker);
        var answer = workers.Open("key", _ => { }).SendAsync(Guid.NewGuid(), [1], default);
        using var cancellation = new CancellationTokenSource();

        var unlimited = workers.StopAsync(default);
        var limited = workers.StopAsync(cancellation.Token);
        Assert.That(() => answer, Throws.InvalidOperationException.With.Message.EndsWith("has ended: the silo is stopping."), "Calls end at once.");
        await worker.Disposed;
        Assert.That(limited.IsCompleted, Is.False);
        await cancellation.CancelAsync();
        await limited;
        Assert.That((unlimited.IsCompleted, workers.Blocks.Count), Is.EqualTo((false, 1)));

        worker.EndStep();
        await unlimited;
        Assert.That(workers.Blocks, Is.Empty);
    }

    [Test]
    public async Task Health_is_that_of_the_load()
    {
        var workers = Create(new FakeWorkers());
        var check = new TrpoWorkerHealthCheck(new Services(workers));
        await workers.Open("one", _ => { }).SendAsync(Guid.NewGuid(), [1], default);
        var healthy = await check.CheckHealthAsync(new HealthCheckContext());
        await workers.Open("two", _ => { }).SendAsync(Guid.NewGuid(), [1], default);
        var degraded = await check.CheckHealthAsync(new HealthCheckContext());
        await workers.StopAsync(default);
        var unhealthy = await check.CheckHealthAsync(new HealthCheckContext());

        Assert.That((healthy.Status, healthy.Description), Is.EqualTo((HealthStatus.Healthy, "1 shard in 1 block, room for 1 shard")));
        Assert.That(degraded.Status, Is.EqualTo(HealthStatus.Degraded));
        Assert.That(degraded.Data.Keys, Is.EqualTo(new[] { "one", "two" }));
        Assert.That((unhealthy.Status, unhealthy.Description), Is.EqualTo((HealthStatus.Unhealthy, "0 shards in 0 blocks, room for 0 shards; the silo is stopping")));
    }

    [Test]
    public void Health_needs_workers() => Assert.That(() => new TrpoWorkerHealthCheck(new Services(null)), Throws.InvalidOperationException.With.Message.Contains("AddTrpoWorkers"));

    private static SiloWorkers Create(IBlockWorkerFactory? factory) =>
        new(new WorkerSettings(1, TimeSpan.FromMinutes(5)), new WorkerClock(new FakeTimeProvider()), NullLogger<SiloWorkers>.Instance, factory);

    private sealed class Services(SiloWorkers? workers) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(SiloWorkers) ? workers : null;
    }

    /// <summary>A worker that throws where it is disposed, and leaves its requests unanswered.</summary>
    private sealed class StubbornWorker : IBlockWorker
    {
        public Estimators.Workers.WorkerStatus Status { get; } = new();

        public Task Completion => Task.CompletedTask;

        public Task<byte[]> SendAsync(byte[] request) => new TaskCompletionSource<byte[]>().Task;

        public byte[] Ask(byte[] question) => question;

        public void Dispose() => throw new InvalidOperationException("No.");
    }

    /// <summary>A worker whose environment is in a long step.</summary>
    private sealed class SlowWorker : IBlockWorker, IBlockWorkerFactory
    {
        private readonly TaskCompletionSource _completion = new(), _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Estimators.Workers.WorkerStatus Status { get; } = new();

        public Task Completion => _completion.Task;

        public Task Disposed => _disposed.Task;

        public IBlockWorker Create() => this;

        public Task<byte[]> SendAsync(byte[] request) => new TaskCompletionSource<byte[]>().Task;

        public byte[] Ask(byte[] question) => question;

        public void EndStep() => _completion.SetResult();

        public void Dispose() => _disposed.SetResult();
    }
}
