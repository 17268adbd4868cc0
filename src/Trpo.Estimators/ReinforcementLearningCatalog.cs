using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Onnx.Files;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Conversion;

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
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="observationColumnName"/> is empty, or given to an environment with columns of its own.</exception>
    public EnvironmentDataView LoadFromEnvironment(
        Func<IEnvironment> factory,
        int count = 8,
        string? observationColumnName = null,
        int rows = 4_096,
        int seed = 0,
        int episodeStepLimit = 10_000)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new EnvironmentDataView(factory, count, observationColumnName, new EnvironmentTable(rows, seed), episodeStepLimit);
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

    /// <summary>
    /// Writes a trained policy and the transforms that it depends on as one ONNX graph (aside, then renamed). Where they read one vector of
    /// Single, its input is "observation", <c>float[N, d]</c>, and <see cref="PolicySession"/> opens it; otherwise it has an input of each raw
    /// column, with the column's name, <c>[N, 1]</c> of a scalar and <c>[N, k]</c> of a vector.
    /// </summary>
    /// <param name="model">The policy, or a chain that ends in it.</param>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="inputSchema">The raw columns that the model reads; null to go by those that the policy was trained on.</param>
    /// <exception cref="ArgumentException">
    /// The model has no policy, the types of the raw columns are not known, or <paramref name="inputSchema"/> lacks some that the model reads.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// A transform that the policy depends on cannot be expressed, or stands behind the policy; the message names it, and nothing is written.
    /// </exception>
    public void ExportToOnnx(ITransformer model, string path, DataViewSchema? inputSchema = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        AtomicFile.Write(path, ChainExport.ToOnnx(PolicyChain.Of(model), inputSchema));
    }

    /// <summary>
    /// Writes a trained policy and a graph that prepares its observations as one ONNX graph (aside, then renamed). Its inputs are the raw
    /// columns of the graph, so that only OnnxRuntime runs it; its outputs are the policy's.
    /// </summary>
    /// <param name="model">The policy, or a chain that ends in it. The graph stands for the transformers in front of the policy.</param>
    /// <param name="path">The file to write; an existing one is replaced.</param>
    /// <param name="preprocessing">
    /// What ML.NET's converter wrote of the transformers in front of the policy, with opset 12:
    /// <c>ml.Model.ConvertToOnnx(preprocessor, data, 12, preprocessing)</c>. It is read from the stream's position to its end. Its output
    /// of the policy's column of observations is what the policy gets; inputs that it does not depend on are left out.
    /// </param>
    /// <exception cref="ArgumentException">The model has no policy; or the graph has no output for it, or one of other columns.</exception>
    /// <exception cref="InvalidDataException">The stream is empty or has no valid ONNX model, and nothing is written.</exception>
    /// <exception cref="NotSupportedException">The two cannot be one graph; the message says why, and nothing is written.</exception>
    public void ExportToOnnx(ITransformer model, string path, Stream preprocessing)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(preprocessing);
        AtomicFile.Write(path, GraphMerger.Merge(PolicyChain.Of(model), preprocessing));
    }
}
