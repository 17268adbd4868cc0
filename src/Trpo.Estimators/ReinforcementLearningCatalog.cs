using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Environments;
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
        return new EnvironmentDataView(factory, count, observationColumnName, new EnvironmentTable(rows, seed), episodeStepLimit, threads);
    }

    /// <summary>Plays episodes with a trained policy, whose actions are chosen as it says itself: deterministic ones, unless it was told to draw them.</summary>
    /// <param name="model">The policy, or a chain that it stands in; what precedes it transforms the observations.</param>
    /// <param name="environment">Where to play.</param>
    /// <param name="episodes">The number of episodes, at least 1.</param>
    /// <param name="seed">Where the episodes' seeds come from; the result does not depend on the number of environments, unless a transform in front of the policy keeps state from row to row.</param>
    /// <returns>The returns and lengths.</returns>
    /// <exception cref="ArgumentException">The model has no policy, or the policy's actions are not the environment's.</exception>
    /// <exception cref="LockStepException">What precedes the policy does not work row by row.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    public PolicyEvaluation Evaluate(ITransformer model, EnvironmentDataView environment, int episodes = 100, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        return PolicyEvaluator.Run(PolicyChain.Of(model), environment, episodes, seed);
    }

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, DataViewSchema?)"/>
    public void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema = null) => PolicyModel.ExportToOnnx(model, path, inputSchema);

    /// <inheritdoc cref="PolicyModel.ExportToOnnx(ITransformer, string, Stream)"/>
    public void ExportToOnnx(ITransformer model, string path, Stream preprocessing) => PolicyModel.ExportToOnnx(model, path, preprocessing);
}
