namespace Trpo.Estimators.Probing;

/// <summary>The kinds of actions that probes act with.</summary>
public enum ProbedActions
{
    /// <summary>Every kind for which the <see cref="TrpoOptions.Distribution"/> can be created; with <see cref="TrpoOptions.ActionMask"/>, discrete actions.</summary>
    Automatic,

    /// <summary>One of three choices.</summary>
    Discrete,

    /// <summary>A vector of two bounded numbers.</summary>
    Box,
}
