namespace Trpo.Estimators.Probing;

/// <summary>A step of a task: the reward, the next state, and the end of the episode.</summary>
internal readonly record struct ProbeStep(double Reward, int Next = 0, bool Terminated = false, bool Truncated = false);
