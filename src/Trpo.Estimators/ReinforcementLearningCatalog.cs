using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;

namespace Trpo.Estimators;

/// <summary>Reinforcement learning in ML.NET: what <c>mlContext.ReinforcementLearning</c> offers.</summary>
public sealed class ReinforcementLearningCatalog
{
    private readonly IHostEnvironment _host;

    internal ReinforcementLearningCatalog(MLContext ml)
    {
        ArgumentNullException.ThrowIfNull(ml);
        _host = ml;
        Trainers = new ReinforcementLearningTrainers(_host);
    }

    /// <summary>The trainers.</summary>
    public ReinforcementLearningTrainers Trainers { get; }

    /// <summary>Makes an environment a data view, which pipelines are fitted on.</summary>
    /// <param name="factory">Creates one environment; called once per environment and once for its spaces.</param>
    /// <param name="count">How many environments are stepped side by side. At least 1; 8 by default.</param>
    /// <param name="observationColumnName">The name of the column of observations, "Observation" by default. An environment whose space of observations has columns takes none.</param>
    /// <param name="rows">The length of the table that upstream transforms are fitted on, of a uniformly random policy's observations.</param>
    /// <param name="seed">The seed of that table.</param>
    /// <param name="episodeStepLimit">The number of steps after which an episode that has not ended is an error.</param>
    /// <param name="threads">
    /// How many threads step and reset the environments, in training and in evaluation; the calling thread is one of them. What comes out does not depend on it. It pays where
    /// a step takes more than some microseconds. At least 1, 1 by default; more than <paramref name="count"/> means as many as that.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="observationColumnName"/> is empty, or given to an environment with columns of its own.</exception>
    public EnvironmentDataView LoadFromEnvironment(
        Func<IEnvironment> factory,
        int count = 8,
        string? observationColumnName = null,
        int rows = 4_096,
        int seed = 0,
        int episodeStepLimit = 10_000,
        int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new EnvironmentDataView(factory, count, observationColumnName, new RandomPolicyTable(rows, seed), episodeStepLimit, threads);
    }

    /// <summary>
    /// Looks for what is wrong with an environment before training does: acts in it at random, at its bounds, under the same and other seeds and in two
    /// instances at once, and says what broke the contract of <see cref="IEnvironment"/> and what makes learning hard or slow.
    /// </summary>
    /// <param name="factory">Creates one environment; called three times. What it creates is disposed.</param>
    /// <param name="steps">The steps of a random policy, at least 1; 10,000 by default. The other checks together take at most about twice as many.</param>
    /// <param name="episodeStepLimit">The number of steps after which an episode that has not ended is an error, at least 1; as in <see cref="LoadFromEnvironment"/>.</param>
    /// <param name="seed">Where seeds and actions come from.</param>
    /// <param name="cancellation">Ends the check between two steps; a step that never returns cannot be ended.</param>
    /// <returns>What was found. Nothing that the environment does is thrown, except for an <see cref="OperationCanceledException"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled, or the environment threw it.</exception>
    public EnvironmentReport CheckEnvironment(Func<IEnvironment> factory, int steps = 10_000, int episodeStepLimit = 10_000, int seed = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        return new EnvironmentChecker(factory, steps, episodeStepLimit, seed, cancellation).Run();
    }

    /// <summary>Plays episodes with a trained policy.</summary>
    /// <param name="model">The policy, or a chain that it stands in; what precedes it transforms the observations.</param>
    /// <param name="environment">Where to play.</param>
    /// <param name="episodes">The number of episodes, at least 1.</param>
    /// <param name="seed">Where the episodes' seeds come from; the result does not depend on the number of environments, unless a transform in front of the policy keeps state from row to row.</param>
    /// <param name="selection">
    /// How actions are chosen: <see cref="ActionSelection.Mode"/>, the deterministic ones, or <see cref="ActionSelection.Sample"/>, drawn ones, which are
    /// the same every time only if it is given a seed. Null, the default, means as the policy says itself, which is deterministic unless it was told otherwise.
    /// </param>
    /// <param name="progress">Is told of every episode when it ends, on the calling thread; not in the order of their numbers.</param>
    /// <param name="cancellation">Ends the evaluation between two steps.</param>
    /// <returns>The episodes, and what they come to.</returns>
    /// <exception cref="ArgumentException">The model has no policy, or the policy's actions are not the environment's.</exception>
    /// <exception cref="LockStepException">What precedes the policy does not work row by row.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn, but the policy does not say how they are distributed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public PolicyEvaluation Evaluate(
        ITransformer model,
        EnvironmentDataView environment,
        int episodes = 100,
        int seed = 0,
        ActionSelection? selection = null,
        IProgress<EpisodeResult>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        return PolicyEvaluator.Run(PolicyChain.FromModel(model), environment, episodes, seed, selection, progress, cancellation);
    }

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, DataViewSchema?)"/>
    public void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema = null) => PolicyModel.ExportToOnnx(model, path, inputSchema);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, Stream)"/>
    public void ExportToOnnx(ITransformer model, string path, Stream preprocessing) => PolicyModel.ExportToOnnx(model, path, preprocessing);
}
