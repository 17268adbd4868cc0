using System.Globalization;

namespace Trpo.Orleans.Placement;

/// <summary>
/// The keys of grains that live on one silo. A key begins with the silo, so that a call finds its grain without a directory, whose part might be on a silo that is lost. A block that moves gets
/// another key, so that no call reaches the worker that it left.
/// </summary>
internal static class WorkerKey
{
    private const char Separator = '/';

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
}
