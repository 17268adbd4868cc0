using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>
/// A simulator, machine or game that an agent acts in, with the meaning of Gymnasium's <c>Env</c>. An instance is used by one
/// thread at a time; one that also is <see cref="IDisposable"/> is disposed when training or evaluation ends.
/// </summary>
/// <remarks>
/// It is created and disposed on the thread that trains or evaluates, which by default makes all other calls too. Where
/// <c>LoadFromEnvironment</c> is given more than 1 thread, each <see cref="Step"/> and <see cref="Reset"/> may come from another thread than the
/// one before, and different instances are called at the same time: they share nothing that changes. A simulator that belongs to a
/// thread, such as one with a window or a graphics context, keeps <c>threads: 1</c>.
/// </remarks>
public interface IEnvironment
{
    /// <summary>The name that reports and errors use.</summary>
    string Name => GetType().Name;

    /// <summary>What the agent sees, as one vector or as columns. It never changes.</summary>
    ObservationSpace ObservationSpace { get; }

    /// <summary>What the agent can do. It never changes.</summary>
    ActionSpace ActionSpace { get; }

    /// <summary>The step after which an episode is truncated, in Gymnasium's terms the time limit; null, the default, where there is none, or nobody knows. It never changes.</summary>
    int? MaxEpisodeSteps => null;

    /// <summary>
    /// Whether a choice is allowed now; by default, every one always is. Only random policies ask, that of the table which upstream transforms are
    /// fitted on and that of a check: one that is trained reads a mask in its observation, where the trainer's option ActionMask says so. A wrapper passes this on.
    /// </summary>
    /// <param name="choice">A choice of a discrete action, or of a dimension of a multi-discrete one: its place in <see cref="ActionSpace.ScoreNames"/>.</param>
    bool Allows(int choice) => true;

    /// <summary>Starts an episode, also in the middle of one: training leaves the first episodes before their end where starts are staggered, as they are by default.</summary>
    /// <param name="seed">Restarts the environment's own randomness, so that what follows is repeatable; null goes on with it.</param>
    /// <param name="observation">Receives the first observation, <c>[d]</c>; every value must be written.</param>
    void Reset(int? seed, Span<float> observation);

    /// <summary>Acts once. After a step that ends the episode the next call is <see cref="Reset"/>.</summary>
    /// <param name="action">The action, within the bounds of <see cref="ActionSpace"/>.</param>
    /// <param name="observation">Receives the observation after the action, <c>[d]</c>; every value must be written.</param>
    /// <returns>The reward, and whether and how the episode ended.</returns>
    StepResult Step(EnvironmentAction action, Span<float> observation);
}
