namespace Trpo.Benchmarks.Throughput;

/// <summary>The speed of a training.</summary>
/// <param name="Width">The width of each of the two hidden layers of policy and value function.</param>
/// <param name="Rows">The number of environment steps of an iteration.</param>
/// <param name="Threads">The number of threads of updates, and of environments.</param>
/// <param name="Shards">The number of shards that the training has by default.</param>
/// <param name="StepsPerSecond">The environment steps per second, in the median over iterations, with all that an iteration does.</param>
internal sealed record ThroughputPoint(int Width, int Rows, int Threads, int Shards, double StepsPerSecond);
