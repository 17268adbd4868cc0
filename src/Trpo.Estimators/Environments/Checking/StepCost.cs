using System.Diagnostics;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>The time and memory that the steps of an environment took, without the check around them.</summary>
/// <param name="Steps">The number of steps.</param>
/// <param name="Ticks">Their duration in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Bytes">The number of bytes that they allocated on their thread.</param>
internal readonly record struct StepCost(long Steps, long Ticks, long Bytes)
{
    /// <summary>The number of steps per second; NaN if there was none.</summary>
    public double StepsPerSecond => Steps == 0 ? double.NaN : (double)Steps * Stopwatch.Frequency / Math.Max(Ticks, 1);

    /// <summary>The mean number of bytes per step; NaN if there was none.</summary>
    public double BytesPerStep => Steps == 0 ? double.NaN : (double)Bytes / Steps;
}
