namespace Trpo.Estimators.Logs;

/// <summary>A kind of fault of a log. The names are stable, so that a test can allow one.</summary>
public enum LogFault
{
    /// <summary>Error: the log has fewer than two rows.</summary>
    TooFewRows,

    /// <summary>Error: an action is missing, no whole number from 0, or none of the actions.</summary>
    ActionUnknown,

    /// <summary>Error: a probability is not above 0 and at most 1, or is missing.</summary>
    ProbabilityInvalid,

    /// <summary>Error: a reward is missing or infinite.</summary>
    RewardNotFinite,

    /// <summary>Error: a value of an observation is missing or infinite.</summary>
    ObservationNotFinite,

    /// <summary>Error: a feature of a candidate that exists is missing or infinite.</summary>
    ActionFeaturesNotFinite,

    /// <summary>Error: a row has no candidate.</summary>
    NoCandidates,

    /// <summary>Error: a value of the mask of eligible actions is neither 0 nor 1.</summary>
    MaskInvalid,

    /// <summary>Error: an action was taken that the mask forbids.</summary>
    ActionNotEligible,

    /// <summary>Error: an action was taken more or less often than its probabilities say, by more than four standard errors: they are not those with which actions were drawn.</summary>
    ProbabilitiesContradictActions,

    /// <summary>Warning: all probabilities are equal, which holds for uniformly random actions only: they may have been guessed, not logged.</summary>
    ProbabilitiesEqual,

    /// <summary>Warning: an action that was eligible was never taken: nothing is known of it.</summary>
    ActionNeverTaken,

    /// <summary>Error: all rows have the same action: there is nothing to compare.</summary>
    OneActionOnly,

    /// <summary>Warning: all rewards are equal.</summary>
    RewardsEqual,

    /// <summary>Warning: rows repeat earlier rows in observation, action, probability and reward, where observations hardly repeat otherwise: they were probably logged more than once. Leave them out by an identifier, not by content.</summary>
    DuplicateRows,

    /// <summary>Error: the name of an episode is missing.</summary>
    EpisodeMissing,

    /// <summary>Error: a step is no whole number, or is missing.</summary>
    StepInvalid,

    /// <summary>Error: a step occurs twice in an episode.</summary>
    StepRepeated,

    /// <summary>Error: a step is missing at the beginning or in the middle of an episode. One that is missing at the end is not found.</summary>
    StepMissing,

    /// <summary>Error: the log has fewer than two episodes.</summary>
    TooFewEpisodes,

    /// <summary>Error: the squares of the rewards are beyond all numbers, so that no estimate has a standard error.</summary>
    RewardsTooLarge,
}
