namespace Trpo.Runtime.Decisions;

/// <summary>A decision with what became of it.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="State">The state of its reward.</param>
/// <param name="Reward">The reward to learn from; null while it is pending, and if the decision is left out.</param>
public readonly record struct JoinedDecision(Decision Decision, DecisionState State, double? Reward);
