
namespace Trpo.Orleans.Connections;

/// <summary>The silo of a block.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Key">The key of the block's grain there.</param>
internal sealed record Seat(SiloAddress Silo, string Key);
