namespace Trpo.Estimators.Estimation;

/// <summary>The settings of <see cref="AdvantageEstimates"/>.</summary>
/// <param name="Discount">The discount per step, from 0 to 1.</param>
/// <param name="Lambda">The lambda of generalized advantage estimation, from 0 to 1.</param>
/// <param name="RewardScale">The factor on rewards, positive.</param>
/// <param name="BootstrapTruncated">True if a truncated episode is worth the value of its final observation, false if it is worth nothing more.</param>
internal readonly record struct AdvantageOptions(double Discount, double Lambda, double RewardScale = 1, bool BootstrapTruncated = true);
