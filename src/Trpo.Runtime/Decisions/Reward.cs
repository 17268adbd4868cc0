namespace Trpo.Runtime.Decisions;

/// <summary>The reward of a decision.</summary>
/// <param name="Event">The identifier of the decision's event.</param>
/// <param name="Value">The reward, a finite number.</param>
/// <param name="Time">The time at which it was received.</param>
public readonly record struct Reward(string Event, double Value, DateTimeOffset Time);
