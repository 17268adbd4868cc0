using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Damage as disks, transfers and mischief do it: to bytes, whatever they mean.</summary>
internal static class ByteMutation
{
    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFF];

    public static byte[] Apply(byte[] original, RandomSource random)
    {
        var bytes = original;
        for (var times = 1 + random.NextInt(3); bytes.Length > 1 && (times > 0 || bytes.AsSpan().SequenceEqual(original)); times--)
            bytes = Once([.. bytes], random);
        return bytes;
    }

    private static byte[] Once(byte[] bytes, RandomSource random)
    {
        var place = random.NextInt(bytes.Length);
        var length = 1 + random.NextInt(Math.Min(64, bytes.Length - place));
        switch (random.NextInt(7))
        {
            case 0:
                bytes[place] ^= (byte)(1 << random.NextInt(8));
                return bytes;
            case 1:
                bytes[place] = Telling[random.NextInt(Telling.Length)];
                return bytes;
            case 2:
                return bytes[..place];
            case 3:
                return [.. bytes[..place], .. Noise(length, random), .. bytes[place..]];
            case 4:
                return [.. bytes[..place], .. bytes[(place + length)..]];
            case 5:
                bytes.AsSpan(place, length).Clear();
                return bytes;
            default:
                var source = random.NextInt(bytes.Length - length + 1);
                bytes.AsSpan(source, length).CopyTo(bytes.AsSpan(place, length));
                return bytes;
        }
    }

    private static byte[] Noise(int length, RandomSource random) => [.. Enumerable.Range(0, length).Select(_ => (byte)random.NextInt(256))];
}
