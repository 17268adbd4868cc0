namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The size and the seed of the table of a random policy's observations that upstream transforms are fitted on.</summary>
/// <param name="Rows">The number of rows, at least 1.</param>
/// <param name="Seed">The seed of the environment and of the random policy.</param>
internal sealed record RandomPolicyTable(int Rows, int Seed);
