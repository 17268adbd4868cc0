namespace Trpo.Runtime.Decisions;

/// <summary>The state of a decision's reward.</summary>
public enum DecisionState
{
    /// <summary>The deadline has not passed: nobody learns from the decision yet, whether its reward has come or not, since the rewards that come soon are not like those that come late.</summary>
    Pending,

    /// <summary>The reward came before the deadline.</summary>
    Rewarded,

    /// <summary>No reward came before the deadline, and the decision has the default one.</summary>
    Defaulted,

    /// <summary>No reward came before the deadline, and the decision is left out.</summary>
    LeftOut,
}
