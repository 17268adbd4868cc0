namespace Trpo.Estimators.Evaluation;

/// <summary>A policy as an evaluation plays it: the observer of the environments, and the source of their actions.</summary>
internal interface IEpisodeActor
{
    /// <summary>Reads the observation of an environment, the last one of an episode included.</summary>
    /// <param name="environment">The index of the environment.</param>
    /// <param name="isFirst">True for the first observation of an episode.</param>
    void Observe(int environment, bool isFirst);

    /// <summary>Computes the actions of all environments.</summary>
    /// <param name="episodes">The index of the episode that each environment plays; -1 for none.</param>
    void Act(ReadOnlySpan<int> episodes);

    /// <summary>Returns the action of an environment that plays an episode, in the form of the environment's action space. It is valid until the next call.</summary>
    /// <param name="environment">The index of the environment.</param>
    ReadOnlySpan<float> Action(int environment);
}
