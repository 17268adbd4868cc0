using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;

namespace Trpo.Estimators;

// Evaluations of what is no trained policy.
public sealed partial class ReinforcementLearningCatalog
{
    /// <inheritdoc cref="Evaluate(Func{float[], int}, EnvironmentDataView, RuleEvaluationOptions)"/>
    public PolicyEvaluation Evaluate(Func<float[], int> rule, EnvironmentDataView environment) => Evaluate(rule, environment, new RuleEvaluationOptions());

    /// <summary>
    /// Evaluates a rule over a number of episodes: the same ones, with the same seed, as those of a trained policy, so that <see cref="PolicyEvaluation.Compare"/> can pair them.
    /// </summary>
    /// <param name="rule">
    /// The rule: a function from an observation, as the environment writes it, to the index of a discrete action. It is called on the calling thread, for several episodes in turn; one that remembers what it saw needs an <paramref name="environment"/> with a count of 1.
    /// </param>
    /// <param name="environment">The environment.</param>
    /// <param name="options">The options.</param>
    /// <returns>The results of the episodes, and their statistics.</returns>
    /// <exception cref="ArgumentException">The environment takes no discrete actions.</exception>
    /// <exception cref="RuleException">The rule threw an exception, or answered an action that does not exist or that <see cref="IEnvironment.Allows"/> forbids; the message names rule, episode and step.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract or threw an exception.</exception>
    /// <exception cref="OperationCanceledException"><see cref="RuleEvaluationOptions.Cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public PolicyEvaluation Evaluate(Func<float[], int> rule, EnvironmentDataView environment, RuleEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Evaluate(environment, options.Episodes, (warn, work) => RuleEvaluator.Run(rule, environment, options, warn, work), options.Cancellation);
    }

    /// <inheritdoc cref="Evaluate(Func{float[], float[]}, EnvironmentDataView, RuleEvaluationOptions)"/>
    public PolicyEvaluation Evaluate(Func<float[], float[]> rule, EnvironmentDataView environment) => Evaluate(rule, environment, new RuleEvaluationOptions());

    /// <param name="rule">
    /// The rule: a function from an observation, as the environment writes it, to the values of an action: the vector of a box action, within its bounds; the indices of a multi-discrete one; zeros and ones of a multi-binary one; the index of a discrete one. It is
    /// called on the calling thread, for several episodes in turn; one that remembers what it saw needs an <paramref name="environment"/> with a count of 1.
    /// </param>
    /// <param name="environment">The environment.</param>
    /// <param name="options">The options.</param>
    /// <inheritdoc cref="Evaluate(Func{float[], int}, EnvironmentDataView, RuleEvaluationOptions)"/>
    /// <exception cref="RuleException">The rule threw an exception, or answered null, another number of values, a value out of bounds, or a choice that <see cref="IEnvironment.Allows"/> forbids; the message names rule, episode and step.</exception>
    public PolicyEvaluation Evaluate(Func<float[], float[]> rule, EnvironmentDataView environment, RuleEvaluationOptions options)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Evaluate(environment, options.Episodes, (warn, work) => RuleEvaluator.Run(rule, environment, options, warn, work), options.Cancellation);
    }

    /// <summary>
    /// Evaluates the random policy, which every other should beat, over a number of episodes: the same ones, with the same seed, as those of a trained policy. All actions that the environment allows are equally probable; a dimension
    /// of a box without bounds is drawn from a standard normal distribution, one with a single bound from an exponential distribution beyond it.
    /// </summary>
    /// <param name="environment">The environment.</param>
    /// <param name="episodes">The number of episodes, at least 1; 100 by default.</param>
    /// <param name="seed">The seed of the episodes' seeds, and of the actions; 0 by default.</param>
    /// <param name="progress">Receives every episode when it ends, on the calling thread, not in the order of the index; or null.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <returns>The results of the episodes, and their statistics.</returns>
    /// <exception cref="EnvironmentException">The environment broke its contract or threw an exception.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/>, or the context by its <c>CancelExecution</c>, was cancelled.</exception>
    public PolicyEvaluation EvaluateRandom(EnvironmentDataView environment, int episodes = 100, int seed = 0, IProgress<EpisodeResult>? progress = null, CancellationToken cancellation = default) =>
        Evaluate(environment, episodes, (warn, work) => RuleEvaluator.RunRandom(environment, episodes, seed, progress, warn, work), cancellation);
}
