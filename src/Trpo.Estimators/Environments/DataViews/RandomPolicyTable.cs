namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The table that an environment's data view is to those who are not its trainer.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Seed">The seed of the environment and of the random policy.</param>
internal sealed record RandomPolicyTable(int Rows, int Seed);
