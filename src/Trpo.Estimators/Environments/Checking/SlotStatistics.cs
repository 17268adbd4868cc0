namespace Trpo.Estimators.Environments.Checking;

/// <summary>What one slot of a number of observations was like.</summary>
/// <param name="Slot">Its place.</param>
/// <param name="Min">Its least value.</param>
/// <param name="Max">Its greatest value.</param>
/// <param name="RootMeanSquare">The root of the mean of its squares.</param>
internal readonly record struct SlotStatistics(int Slot, float Min, float Max, double RootMeanSquare)
{
    /// <summary>The greatest absolute value.</summary>
    public float MaxAbsolute => Math.Max(-Min, Max);
}
