namespace Trpo.Estimators.Training;

/// <summary>What one slot of a number of observations was like.</summary>
/// <param name="Slot">Its place.</param>
/// <param name="Least">Its least value.</param>
/// <param name="Greatest">Its greatest value.</param>
/// <param name="RootMeanSquare">The root of the mean of its squares.</param>
internal readonly record struct SlotRange(int Slot, float Least, float Greatest, double RootMeanSquare)
{
    /// <summary>The greatest absolute value.</summary>
    public float Reach => Math.Max(-Least, Greatest);
}
