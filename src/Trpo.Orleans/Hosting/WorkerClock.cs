namespace Trpo.Orleans.Hosting;

/// <summary>The clock of the workers, which need not be that of the silo.</summary>
/// <param name="Time">The source of time.</param>
internal sealed record WorkerClock(TimeProvider Time);
