using System.Net;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Tests.Placement;

/// <summary>The silo that a block is placed on.</summary>
public sealed class SiloLoadTests
{
    private static readonly SiloAddress A = Address(1), B = Address(2), C = Address(3);

    [Test]
    public void The_lowest_load_relative_to_the_capacity_is_chosen()
    {
        Assert.That(SiloLoad.Choose([new(A, 8, 5), new(B, 4, 1)], null, 1), Is.EqualTo(B));
        Assert.That(SiloLoad.Choose([new(A, 8, 2), new(B, 4, 1)], null, 1), Is.EqualTo(A));
    }

    [Test]
    public void A_cluster_fills_up_in_proportion_to_the_capacities()
    {
        int[] capacities = [2, 4, 6], blocks = [0, 0, 0];
        SiloAddress[] silos = [A, B, C];
        for (var block = 0; block < 12; block++)
            blocks[Array.IndexOf(silos, SiloLoad.Choose(silos.Select((silo, i) => new SiloLoad(silo, capacities[i], blocks[i])), null, 1))]++;

        Assert.That(blocks, Is.EqualTo(capacities));
    }

    [Test]
    public void Equal_loads_are_told_apart_by_the_capacity_and_then_by_the_address()
    {
        Assert.That(SiloLoad.Choose([new(A, 2, 0), new(B, 4, 1)], null, 1), Is.EqualTo(B));
        Assert.That(SiloLoad.Choose([new(C, 2, 0), new(A, 2, 0), new(B, 2, 0)], null, 1), Is.EqualTo(A));
    }

    [Test]
    public void The_silo_that_a_block_has_left_counts_as_fuller_by_its_capacity()
    {
        Assert.That(SiloLoad.Choose([new(A, 2, 0), new(B, 2, 1)], A, 1), Is.EqualTo(B));
        Assert.That(SiloLoad.Choose([new(A, 2, 0), new(B, 2, 7)], A, 1), Is.EqualTo(A));
        Assert.That(SiloLoad.Choose([new(A, 2, 0), new(B, 0, 0)], A, 1), Is.EqualTo(A));
    }

    [Test]
    public void The_blocks_of_a_silo_that_paused_do_not_crowd_a_small_one()
    {
        int[] blocks = [64, 0];
        for (var moved = 0; moved < 64; moved++)
        {
            blocks[0]--;
            blocks[SiloLoad.Choose([new(A, 64, blocks[0]), new(B, 2, blocks[1])], A, 1)!.Equals(A) ? 0 : 1]++;
        }

        Assert.That(blocks, Is.EqualTo(new[] { 61, 3 }));
    }

    [Test]
    public void Silos_without_workers_are_not_chosen() => Assert.That(SiloLoad.Choose([new(A, 0, 0)], null, 1), Is.Null);

    [Test]
    public void Moves_level_the_load()
    {
        Assert.That(SiloLoad.FindMoves([new(A, 4, 4), new(B, 4, 0)], Blocks(A, 4)), Is.EqualTo(new[] { $"{A} 0", $"{A} 1" }));
        Assert.That(SiloLoad.FindMoves([new(A, 2, 4), new(B, 4, 0), new(C, 2, 4)], [.. Blocks(C, 4), .. Blocks(A, 4)]), Is.EqualTo(new[] { $"{A} 0", $"{C} 0", $"{A} 1", $"{C} 1" }));
        Assert.That(SiloLoad.FindMoves([new(A, 0, 2), new(B, 2, 1)], Blocks(A, 2)), Is.EqualTo(new[] { $"{A} 0", $"{A} 1" }), "A silo that stops takes none.");
    }

    [Test]
    public void A_move_that_only_exchanges_the_silos_is_not_made()
    {
        Assert.That(SiloLoad.FindMoves([new(A, 4, 3), new(B, 4, 2)], Blocks(A, 3)), Is.Empty);
        Assert.That(SiloLoad.FindMoves([new(A, 4, 4), new(B, 4, 0)], []), Is.Empty, "Some blocks stay.");
        Assert.That(SiloLoad.FindMoves([new(A, 2, 9)], Blocks(A, 9)), Is.Empty);
        Assert.That(SiloLoad.FindMoves([new(B, 2, 0)], Blocks(A, 9)), Is.Empty, "The load of a silo that does not answer is not known.");
    }

    [Test]
    public void Blocks_count_by_their_shards()
    {
        Assert.That(SiloLoad.Choose([new(A, 8, 4), new(B, 2, 0)], null, 4), Is.EqualTo(A));
        Assert.That(SiloLoad.FindMoves([new(A, 8, 8), new(B, 8, 4)], Blocks(A, 2, 4)), Is.Empty);
        Assert.That(SiloLoad.FindMoves([new(A, 8, 8), new(B, 8, 0)], Blocks(A, 2, 4)), Is.EqualTo(new[] { $"{A} 0" }));
        Assert.That(SiloLoad.FindMoves([new(A, 8, 5), new(B, 8, 3)], [new($"a", A, 4), new("b", A, 1)]), Is.EqualTo(new[] { "b" }), "The large block would only exchange the silos.");
    }

    private static IEnumerable<BlockLoad> Blocks(SiloAddress silo, int count, int shards = 1) => Enumerable.Range(0, count).Reverse().Select(block => new BlockLoad($"{silo} {block}", silo, shards));

    private static SiloAddress Address(int host) => SiloAddress.New(new IPEndPoint(new IPAddress([10, 0, 0, (byte)host]), 11_111), 7);
}
