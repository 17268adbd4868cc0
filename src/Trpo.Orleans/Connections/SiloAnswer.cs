using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Connections;

/// <summary>The answer of a silo that was asked for its load.</summary>
/// <param name="Silo">The silo.</param>
/// <param name="Report">Its report; null if it did not answer.</param>
/// <param name="Failure">The reason for which it did not; null if it did.</param>
internal sealed record SiloAnswer(SiloAddress Silo, SiloReport? Report, string? Failure);
