namespace Trpo.Benchmarks.Logs;

/// <summary>The time and the memory of learning from a log.</summary>
/// <param name="FirstStep">The seconds until the first step has ended.</param>
/// <param name="FurtherStep">The median seconds of a further step.</param>
/// <param name="FirstStepWork">The seconds of all processors until the first step has ended, which other processes change least.</param>
/// <param name="FurtherStepWork">The mean seconds of all processors of a further step.</param>
/// <param name="Memory">The peak of the process's memory above that before the log was read, in bytes.</param>
internal sealed record LogScalePoint(double FirstStep, double FurtherStep, double FirstStepWork, double FurtherStepWork, double Memory);
