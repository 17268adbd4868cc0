using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Randomness;

public sealed class RandomSourceTests
{
    [Test]
    public void A_seed_gives_the_reference_sequence()
    {
        // SplitMix64 of 0 begins with e220a8397b1dcdaf, 6e789e6aa1b965f4, 06c45d188009454f, f88bb8a8724c81ec (Vigna's reference); xoshiro256** starts
        // with rotl(s1 * 5, 7) * 9 of that state.
        var expected = unchecked(System.Numerics.BitOperations.RotateLeft(0x6e789e6aa1b965f4UL * 5, 7) * 9);

        Assert.That(new RandomSource(0).NextUInt64(), Is.EqualTo(expected));
    }

    [Test]
    public void Integers_are_uniform()
    {
        var random = new RandomSource(1);
        var counts = new int[6];
        for (var i = 0; i < 60_000; i++)
            counts[random.NextInt(6)]++;

        // Five standard deviations of a count.
        Assert.That(counts, Is.All.EqualTo(10_000).Within(5 * Math.Sqrt(60_000 * 5 / 36.0)));
    }

    [Test]
    public void Gaussians_have_the_moments_of_a_normal_distribution()
    {
        var random = new RandomSource(1);
        var values = Enumerable.Range(0, 200_000).Select(_ => random.NextGaussian()).ToList();

        Assert.That(values.Average(), Is.Zero.Within(0.01));
        Assert.That(values.Average(value => value * value), Is.EqualTo(1).Within(0.02));
        Assert.That(values.Average(value => Math.Pow(value, 4)), Is.EqualTo(3).Within(0.12));
    }

    [Test]
    public void Doubles_are_uniform_in_the_unit_interval()
    {
        var random = new RandomSource(1);
        var values = Enumerable.Range(0, 100_000).Select(_ => random.NextDouble()).ToList();

        Assert.That(values, Is.All.InRange(0, 1));
        Assert.That(values.Average(), Is.EqualTo(0.5).Within(0.005));
        Assert.That(values.Average(value => value * value), Is.EqualTo(1 / 3.0).Within(0.005));
    }

    [Test]
    public void A_shuffle_keeps_every_value_and_gives_every_order()
    {
        var random = new RandomSource(1);
        var orders = new HashSet<string>();
        for (var i = 0; i < 200; i++)
        {
            char[] letters = ['a', 'b', 'c'];
            random.Shuffle<char>(letters);
            orders.Add(new string(letters));
        }

        Assert.That(orders, Is.EquivalentTo(new[] { "abc", "acb", "bac", "bca", "cab", "cba" }));
    }

    [Test]
    public void Similar_seeds_and_split_streams_are_independent()
    {
        var one = new RandomSource(1);
        var split = one.Split();
        RandomSource[] sources = [one, split, one.Split(), new(2), new(0)];
        var (again, repeated) = (new RandomSource(9), new RandomSource(9));

        Assert.That(sources.Select(source => source.NextUInt64()).Distinct().Count(), Is.EqualTo(sources.Length));
        Assert.That(repeated.NextUInt64(), Is.EqualTo(again.NextUInt64()));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_restored_state_continues_the_sequence(int gaussians)
    {
        // Gaussians are drawn in pairs: after one, the spare one is part of the state.
        var (random, other) = (new RandomSource(1), new RandomSource(2));
        for (var i = 0; i < gaussians; i++)
            random.NextGaussian();
        using var state = new MemoryStream();
        random.SaveState(new BinaryWriter(state));
        state.Position = 0;
        other.NextGaussian();
        other.RestoreState(new BinaryReader(state));

        Assert.That(state.Position, Is.EqualTo(state.Length).And.EqualTo(40));
        Assert.That(Enumerable.Range(0, 3).Select(_ => other.NextGaussian()), Is.EqualTo(Enumerable.Range(0, 3).Select(_ => random.NextGaussian())));
        Assert.That(() => other.RestoreState(new BinaryReader(new MemoryStream(new byte[40]))), Throws.TypeOf<InvalidDataException>());
    }
}
