using System.Globalization;
using System.Numerics;

namespace Trpo.Runtime.Randomness;

/// <summary>
/// The random number generator of this library: xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number
/// generators", 2021), seeded through SplitMix64. Unlike that of <see cref="Random"/>, its sequence never changes between
/// versions, and streams can be split off it, so that a run depends on its seed alone.
/// </summary>
public sealed class RandomSource
{
    // The polar method draws no larger number: the square that it divides by is at least 2^-106.
    private const double MaxGaussian = 13;

    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareGaussian = double.NaN;

    /// <summary>Creates a generator at the start of a seed's sequence.</summary>
    /// <param name="seed">Any number; similar seeds give unrelated sequences.</param>
    public RandomSource(ulong seed) => Reseed(seed);

    /// <summary>Restarts with the sequence of a seed; similar seeds give unrelated sequences.</summary>
    public void Reseed(ulong seed)
    {
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
        _spareGaussian = double.NaN;
    }

    /// <summary>Restarts with one of the many unrelated sequences of a seed, such as that of a row by the row's id.</summary>
    public void Reseed(ulong seed, ulong high, ulong low)
    {
        var state = SplitMix64(ref seed) ^ high;
        state = SplitMix64(ref state) ^ low;
        Reseed(SplitMix64(ref state));
    }

    /// <summary>Creates a generator with an unrelated sequence. The sequence depends on the number of calls before, not on its use.</summary>
    public RandomSource Split() => new(NextUInt64());

    /// <summary>Writes the position in the sequence, which <see cref="RestoreState"/> restores.</summary>
    /// <param name="writer">Receives 40 bytes.</param>
    public void SaveState(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(_s0);
        writer.Write(_s1);
        writer.Write(_s2);
        writer.Write(_s3);
        writer.Write(_spareGaussian);
    }

    /// <summary>Restores a position that <see cref="SaveState"/> wrote, of this or another generator.</summary>
    /// <param name="reader">Reads the 40 bytes.</param>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    /// <exception cref="InvalidDataException">The bytes are not the state of such a generator.</exception>
    public void RestoreState(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (s0, s1, s2, s3) = (reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64());
        var spareGaussian = reader.ReadDouble();

        // A state of zeros would stay one of zeros.
        if ((s0 | s1 | s2 | s3) == 0)
            throw new InvalidDataException("The state of the random number generator is 0.");
        if (Math.Abs(spareGaussian) > MaxGaussian)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The spare normal number of the random number generator is {spareGaussian:G6}; it must be from -{MaxGaussian} to {MaxGaussian}."));
        (_s0, _s1, _s2, _s3, _spareGaussian) = (s0, s1, s2, s3, spareGaussian);
    }

    /// <summary>Draws 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Draws a number in [0, 1), uniform in steps of 2^-53.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Draws a number from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public double NextDouble(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>Draws a seed that is an <see cref="int"/>, at least 0.</summary>
    public int NextSeed() => (int)(NextUInt64() >> 33);

    /// <summary>Draws an integer in [0, <paramref name="bound"/>), without the bias of a remainder (Lemire 2019).</summary>
    public int NextInt(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        var range = (uint)bound;
        var product = (ulong)(uint)(NextUInt64() >> 32) * range;
        if ((uint)product < range)
        {
            var threshold = (0u - range) % range;
            while ((uint)product < threshold)
                product = (ulong)(uint)(NextUInt64() >> 32) * range;
        }

        return (int)(product >> 32);
    }

    /// <summary>Draws a number of the standard normal distribution (Marsaglia's polar method).</summary>
    public double NextGaussian()
    {
        if (!double.IsNaN(_spareGaussian))
        {
            var spare = _spareGaussian;
            _spareGaussian = double.NaN;
            return spare;
        }

        while (true)
        {
            var u = NextDouble(-1, 1);
            var v = NextDouble(-1, 1);
            var square = (u * u) + (v * v);
            if (square is >= 1 or 0)
                continue;
            var factor = Math.Sqrt(-2 * Math.Log(square) / square);
            _spareGaussian = v * factor;
            return u * factor;
        }
    }

    /// <summary>Shuffles the values (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> values)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = NextInt(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }

    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
