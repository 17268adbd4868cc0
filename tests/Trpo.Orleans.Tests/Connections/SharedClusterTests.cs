using System.Net;
using Microsoft.Extensions.Time.Testing;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>Trainings that share a cluster and do not know of each other, as their plans see it.</summary>
public sealed class SharedClusterTests
{
    private static readonly SiloAddress A = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 7), B = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 7);

    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<SiloAddress, int> _capacities = [];
    private readonly Dictionary<string, SiloAddress> _blocks = [];

    [SetUp]
    public void Start()
    {
        _blocks.Clear();
        _capacities.Clear();
        _capacities[A] = 8;
    }

    /// <param name="first">The number of blocks of the first training.</param>
    /// <param name="second">The number of blocks of the second training.</param>
    /// <param name="isSeen">True if each move is seen by the next one; false if both trainings move before either sees the other.</param>
    [TestCase(4, 4, true)]
    [TestCase(4, 4, false)]
    [TestCase(1, 1, false)]
    [TestCase(2, 7, false)]
    [TestCase(16, 16, true)]
    [TestCase(16, 15, false)]
    public async Task Two_trainings_level_the_load_and_stop(int first, int second, bool isSeen)
    {
        Training[] trainings = [await BeginAsync("p", first), await BeginAsync("q", second)];
        _capacities[B] = 8;
        var moves = new List<int>();
        for (var round = 0; round < 20; round++)
            moves.Add(await MoveAsync(trainings, isSeen));

        Assert.That(moves.Skip(10).Sum(), Is.Zero, string.Join(' ', moves));
        Assert.That(moves.Sum(), Is.EqualTo((first + second) / 2), "No block moves twice.");
        Assert.That(Math.Abs(CountOf(A) - CountOf(B)), Is.LessThanOrEqualTo(1));
    }

    [Test]
    public async Task A_training_whose_blocks_do_not_move_is_not_waited_for()
    {
        await BeginAsync("a", 4);
        var training = await BeginAsync("b", 4);
        _capacities[B] = 8;

        Assert.That(await MoveAsync([training], isSeen: true), Is.Zero, "The blocks of the other one sort first.");
        for (var round = 0; round < 5; round++)
            await MoveAsync([training], isSeen: true);
        Assert.That((CountOf(A), CountOf(B)), Is.EqualTo((4, 4)));
    }

    private async Task<int> MoveAsync(Training[] trainings, bool isSeen)
    {
        foreach (var training in trainings)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            await training.Plan.LookAsync();
        }

        var moves = new List<(BlockSlot From, BlockSlot To)>();
        foreach (var training in trainings)
        {
            foreach (var (i, slot) in training.Slots.Index().Where(slot => training.Plan.ShouldLeave(slot.Item)).ToArray())
            {
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                var taken = training.Slots[i] = await training.Plan.MoveAsync($"{training.Name} {i}", ++training.Moves, slot);
                if (taken == slot)
                    continue;
                moves.Add((slot, taken));
                if (isSeen)
                    See(moves[^1]);
            }
        }

        moves.ForEach(See);
        return moves.Count;
    }

    private void See((BlockSlot From, BlockSlot To) move)
    {
        _blocks.Remove(move.From.Key);
        _blocks[move.To.Key] = move.To.Silo;
    }

    private async Task<Training> BeginAsync(string name, int blocks)
    {
        var training = new Training(name, new SlotPlan("test cluster", AskAsync, _clock, TimeSpan.FromDays(1)));
        for (var block = 0; block < blocks; block++)
        {
            var slot = await training.Plan.TakeAsync($"{name} {block}", 0, null);
            training.Slots.Add(slot);
            _blocks[slot.Key] = slot.Silo;
        }

        return training;
    }

    private int CountOf(SiloAddress silo) => _blocks.Values.Count(silo.Equals);

    private Task<IReadOnlyDictionary<SiloAddress, SiloReport>> AskAsync() => Task.FromResult<IReadOnlyDictionary<SiloAddress, SiloReport>>(_capacities.ToDictionary(
        silo => silo.Key,
        silo => new SiloReport(silo.Value, [.. _blocks.Where(block => block.Value.Equals(silo.Key)).Select(block => new BlockReport(block.Key, 1))], [])));

    private sealed record Training(string Name, SlotPlan Plan)
    {
        public List<BlockSlot> Slots { get; } = [];

        public int Moves { get; set; }
    }
}
