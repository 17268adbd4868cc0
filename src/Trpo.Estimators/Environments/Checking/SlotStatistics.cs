namespace Trpo.Estimators.Environments.Checking;

/// <summary>Statistics of one slot over a number of observations.</summary>
/// <param name="Slot">The index of the slot.</param>
/// <param name="Min">The minimum.</param>
/// <param name="Max">The maximum.</param>
/// <param name="RootMeanSquare">The root mean square.</param>
internal readonly record struct SlotStatistics(int Slot, float Min, float Max, double RootMeanSquare)
{
    /// <summary>True if the slot has more than one value.</summary>
    public bool Varies => Min < Max;

    /// <summary>The maximum absolute value.</summary>
    public float MaxAbsolute => Math.Max(-Min, Max);
}
