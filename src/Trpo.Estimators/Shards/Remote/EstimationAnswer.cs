namespace Trpo.Estimators.Shards.Remote;

/// <summary>The result of <see cref="ShardOperation.Estimate"/>.</summary>
/// <param name="Sums">The sums of the block.</param>
/// <param name="UpdateRows">The number of rows of the policy's update.</param>
/// <param name="UpdateFisherRows">The number of rows that the policy's Fisher products are computed on.</param>
/// <param name="FitRows">The number of rows of the value function's fit.</param>
/// <param name="FitFisherRows">The number of rows that the value function's Fisher products are computed on.</param>
internal readonly record struct EstimationAnswer(EstimationSums Sums, int UpdateRows, int UpdateFisherRows, int FitRows, int FitFisherRows);
