using System.Globalization;

namespace Trpo.Orleans.Placement;

/// <summary>
/// The keys of grains that live on one silo. A key begins with the silo, so that a call finds its grain without a directory, whose part might be on a silo that is lost. A block that moves gets
/// another key, so that no call reaches the worker that it left.
/// </summary>
internal static class WorkerKey
{
    private const char Separator = '/';

    // Trainings name their blocks by 40 characters or so. The name stands in logs, whose lines it must not break.
    private const int MaxBlockLength = 256;

    /// <summary>Returns the key of the grain that speaks for a silo.</summary>
    public static string OfSilo(SiloAddress silo) => silo.ToParsableString();

    /// <summary>Returns the key of a block of shards on a silo.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="move">The number of times that the block was moved.</param>
    /// <param name="block">The name of the block.</param>
    public static string OfBlock(SiloAddress silo, int move, string block) => string.Create(CultureInfo.InvariantCulture, $"{silo.ToParsableString()}{Separator}{move}{Separator}{block}");

    /// <summary>Reads the silo of a key.</summary>
    /// <returns>The silo; null if the key names none.</returns>
    public static SiloAddress? SiloOf(string key) => SiloAddress.TryParse(key.Split(Separator, 2)[0], out var silo) ? silo : null;

    /// <summary>Throws if a key is not that of a block on a silo, in the exact form of <see cref="OfBlock"/>, so that no block has two keys.</summary>
    /// <exception cref="ArgumentException">The key has another form, or names another silo.</exception>
    public static void CheckBlock(string key, SiloAddress silo)
    {
        if (key.Split(Separator, 3) is not [_, var move, { Length: > 0 and <= MaxBlockLength } block]
            || !int.TryParse(move, NumberStyles.None, CultureInfo.InvariantCulture, out var moves)
            || key != OfBlock(silo, moves, block)
            || block.Any(char.IsControl))
            throw new ArgumentException($"'{Shown(key)}' is no key of a block on silo {silo}: one is '{OfBlock(silo, 0, "name")}', with a name of at most {MaxBlockLength} characters.");
    }

    /// <summary>Throws if a key is not that of the grain that speaks for a silo.</summary>
    /// <exception cref="ArgumentException">The key has another form, or names another silo.</exception>
    public static void CheckSilo(string key, SiloAddress silo)
    {
        if (key != OfSilo(silo))
            throw new ArgumentException($"'{Shown(key)}' is not the key of silo {silo}, which is '{OfSilo(silo)}'.");
    }

    private static string Shown(string key) => string.Concat(key.Take(MaxBlockLength).Select(letter => char.IsControl(letter) ? '?' : letter));
}
