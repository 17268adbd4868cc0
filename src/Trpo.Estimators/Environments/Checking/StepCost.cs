using System.Diagnostics;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>What the steps of an environment cost, without what the check does around them.</summary>
/// <param name="Steps">The number of steps.</param>
/// <param name="Ticks">What they took, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Bytes">What they allocated on their thread.</param>
internal readonly record struct StepCost(long Steps, long Ticks, long Bytes)
{
    public double StepsPerSecond => Steps == 0 ? double.NaN : (double)Steps * Stopwatch.Frequency / Math.Max(Ticks, 1);

    public double BytesPerStep => Steps == 0 ? double.NaN : (double)Bytes / Steps;
}
