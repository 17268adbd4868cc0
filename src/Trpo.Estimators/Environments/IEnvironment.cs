using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>
/// A simulator, machine or game that an agent acts in, with the semantics of Gymnasium's <c>Env</c>. An instance is used by one thread at a time.
/// An environment that is also <see cref="IDisposable"/> is disposed when training or evaluation ends; if that fails, the result is kept, and the failure is a
/// warning. Every other exception of an environment, an <see cref="OperationCanceledException"/> among them, ends training or evaluation with an
/// <see cref="EnvironmentException"/>, unless the caller has cancelled it.
/// </summary>
/// <remarks>
/// An environment is created and disposed on the thread that trains or evaluates. By default, that thread makes all other calls too. If
/// <c>LoadFromEnvironment</c> is given more than 1 thread, each <see cref="Step"/> and <see cref="Reset"/> may run on another thread than the
/// one before, and different instances run at the same time, so they must share no mutable state. With a <c>stepTimeout</c>, they never run on the calling
/// thread. A simulator that is bound to a thread, for example by a window or a graphics context, needs <c>threads: 1</c> and no limit. One that waits for something outside is an <see cref="IAsyncEnvironment"/>.
/// </remarks>
public interface IEnvironment
{
    /// <summary>The name in reports and messages; the type's name by default.</summary>
    string Name => GetType().Name;

    /// <summary>The observations, as one vector or as columns. The space never changes.</summary>
    ObservationSpace ObservationSpace { get; }

    /// <summary>The actions. The space never changes.</summary>
    ActionSpace ActionSpace { get; }

    /// <summary>
    /// The step after which an episode is truncated (Gymnasium's time limit), at least 1; null, the default, if there is none or it is unknown. The value never changes.
    /// Training and evaluation enforce it. Without one, they truncate episodes at the <c>episodeStepLimit</c> of <c>LoadFromEnvironment</c>, and warn.
    /// </summary>
    int? MaxEpisodeSteps => null;

    /// <summary>
    /// Returns true if a choice is allowed in the current state; by default, every choice always is. Only random policies call this method: the one of the
    /// table that upstream transforms are fitted on, and the one of a check. A trained policy reads a mask in its observation if the trainer's
    /// option ActionMask is set. A wrapper forwards the call.
    /// </summary>
    /// <param name="choice">The index, in <see cref="ActionSpace.ScoreNames"/>, of a choice of a discrete action or of a dimension of a multi-discrete one.</param>
    bool Allows(int choice) => true;

    /// <summary>Starts an episode. The call may come in the middle of an episode: training does not finish the first episodes if starts are staggered, as they are by default.</summary>
    /// <param name="seed">The seed of the environment's randomness, which makes what follows repeatable; null continues the random sequence.</param>
    /// <param name="observation">Receives the first observation, <c>[d]</c>; every value must be written.</param>
    void Reset(int? seed, Span<float> observation);

    /// <summary>
    /// Runs one step. After a step that ends the episode the next call is <see cref="Reset"/>. All messages count steps within the episode: the first call after
    /// <see cref="Reset"/> is step 1, and its state, observation and reward are those of step 1; what <see cref="Reset"/> returns is of step 0.
    /// </summary>
    /// <param name="action">The action, within the bounds of <see cref="ActionSpace"/>.</param>
    /// <param name="observation">Receives the observation after the action, <c>[d]</c>; every value must be written.</param>
    /// <returns>The reward, and the end of the episode if it ended.</returns>
    StepResult Step(EnvironmentAction action, Span<float> observation);
}
