namespace Trpo.Estimators.Environments.Checking;

/// <summary>A kind of fault of an environment. The names are stable, so that a test can allow one.</summary>
public enum EnvironmentFault
{
    /// <summary>Error: the factory threw an exception, or a property of the environment that it created did.</summary>
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

    /// <summary>Error: Step threw an exception for some actions that are in the action space and that Allows does not forbid, but not for others.</summary>
    ActionRefused,

    /// <summary>Error: Allows threw an exception, or allowed no choice where an action was due.</summary>
    NothingAllowed,

    /// <summary>Error: Dispose threw an exception.</summary>
    DisposeFailed,

    /// <summary>Error: a value of an observation was not written, is not finite, or is not the index of a category although its column has categories.</summary>
    ObservationInvalid,

    /// <summary>Error: a value of an observation is outside the bounds of the observation space.</summary>
    ObservationOutOfBounds,

    /// <summary>Error: a reward is not finite.</summary>
    RewardNotFinite,

    /// <summary>Error: MaxEpisodeSteps is less than 1, or an episode continued after that step.</summary>
    MaxEpisodeStepsWrong,

    /// <summary>Error: the same seed and the same actions gave two new environments different episodes, or different ones after the reset without a seed that followed.</summary>
    NotRepeatable,

    /// <summary>Error: a reset with a seed gave another episode than in a new environment: Reset leaves state of the episode before.</summary>
    ResetIncomplete,

    /// <summary>Error: environments that are stepped in turn change each other's episodes.</summary>
    InstancesShareState,

    /// <summary>Warning: no episode ended, but the check had too few steps to reach the limit.</summary>
    EpisodeEndNotSeen,

    /// <summary>Warning: an episode did not end within episodeStepLimit steps, and the environment declares no MaxEpisodeSteps: training truncates it.</summary>
    EpisodeEndless,

    /// <summary>Warning: the same actions gave the same episode under every seed.</summary>
    SeedWithoutEffect,

    /// <summary>Warning: resets without a seed repeat the same episode forever.</summary>
    UnseededResetRepeats,

    /// <summary>Warning: a reward has an absolute value above a million.</summary>
    RewardHuge,

    /// <summary>Warning: all rewards were equal, and all returns too.</summary>
    RewardConstant,

    /// <summary>Warning: a dimension of the actions has bounds that a new policy does not explore.</summary>
    ActionsOutOfReach,

    /// <summary>Warning: observations are too large or too small for a network to learn from without a normalizer in front of the trainer.</summary>
    ObservationsUnscaled,

    /// <summary>Warning: Step allocates memory.</summary>
    StepAllocates,

    /// <summary>Warning: a value of the observation was always 0, so that a normalizer fitted on a random policy would ignore it for good if it changes later.</summary>
    ObservationConstant,
}
