namespace Trpo.Estimators.Environments.Checking;

/// <summary>What can be wrong with an environment. The names stay what they are, so that a test can allow one.</summary>
public enum EnvironmentFault
{
    /// <summary>Error: the factory threw an exception, or the properties of what it created did.</summary>
    FactoryFailed,

    /// <summary>Error: the factory returned null.</summary>
    NoEnvironment,

    /// <summary>Error: the factory returned the same environment twice.</summary>
    SameEnvironment,

    /// <summary>Error: the name or a space is null, or the name is empty.</summary>
    PropertyMissing,

    /// <summary>Error: two environments of the factory, or one of them before and after it was used, have different spaces.</summary>
    SpacesDiffer,

    /// <summary>Error: Reset threw an exception.</summary>
    ResetFailed,

    /// <summary>Error: Step threw an exception.</summary>
    StepFailed,

    /// <summary>Error: Step threw an exception for some actions that the action space has and Allows does not forbid, though not for others.</summary>
    ActionRefused,

    /// <summary>Error: Allows threw an exception, or allowed no choice where an action was due.</summary>
    NothingAllowed,

    /// <summary>Error: Dispose threw an exception.</summary>
    DisposeFailed,

    /// <summary>Error: a value of an observation was not written, is not finite, or is no index of a category where it should be one.</summary>
    ObservationInvalid,

    /// <summary>Error: a value of an observation is outside of the bounds of the observation space.</summary>
    ObservationOutOfBounds,

    /// <summary>Error: a reward is not finite.</summary>
    RewardNotFinite,

    /// <summary>Error: an episode did not end within the limit of steps.</summary>
    EpisodeEndless,

    /// <summary>Error: MaxEpisodeSteps is less than 1, or an episode went on after that step.</summary>
    MaxEpisodeStepsWrong,

    /// <summary>Error: the same seed and the same actions gave two new environments different episodes, be it after a reset without a seed that followed.</summary>
    NotRepeatable,

    /// <summary>Error: a reset with a seed gave another episode than in a new environment: something of the episode before was left.</summary>
    ResetIncomplete,

    /// <summary>Error: environments that are stepped in turn change each other's episodes.</summary>
    InstancesShareState,

    /// <summary>Warning: no episode ended, though the limit was not reached either: not enough steps were made.</summary>
    EpisodeEndNotSeen,

    /// <summary>Warning: the same actions gave the same episode whatever the seed.</summary>
    SeedWithoutEffect,

    /// <summary>Warning: resets without a seed repeat the same episode for ever.</summary>
    UnseededResetRepeats,

    /// <summary>Warning: a reward is larger than a million.</summary>
    RewardHuge,

    /// <summary>Warning: every reward was the same, and so was every return.</summary>
    RewardConstant,

    /// <summary>Warning: a dimension of the actions has bounds that a policy does not explore.</summary>
    ActionsOutOfReach,

    /// <summary>Warning: observations are of a size that a network does not learn from; a normaliser in front of the trainer ends that.</summary>
    ObservationsUnscaled,

    /// <summary>Warning: Step allocates memory.</summary>
    StepAllocates,
}
