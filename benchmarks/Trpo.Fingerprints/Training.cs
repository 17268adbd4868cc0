using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx;

namespace Trpo.Fingerprints;

/// <summary>Trains a configuration with one seed.</summary>
internal sealed class Training(Configuration configuration, int seed) : IProgress<TrpoIteration>
{
    private const int EvaluationEpisodes = 20;

    private readonly MLContext _ml = new(seed);
    private Action? _halfReached;

    /// <summary>The iterations of every part of the training so far.</summary>
    public List<TrpoIteration> Iterations { get; } = [];

    /// <summary>Trains without an interruption.</summary>
    public TrainingResult Run() => Fit(configuration.Options);

    /// <summary>Trains until half of the steps are done, and resumes from the checkpoint that is then written.</summary>
    /// <param name="folder">The folder of the checkpoints, which must be empty or missing.</param>
    public TrainingResult RunInTwoParts(string folder)
    {
        var options = configuration.Options with { Checkpoints = new() { Folder = folder, Resume = true, Interval = TimeSpan.FromHours(1) } };
        using var interruption = new CancellationTokenSource();
        _halfReached = interruption.Cancel;
        Fit(options with { Cancellation = interruption.Token });
        _halfReached = null;
        return Fit(options);
    }

    public void Report(TrpoIteration value)
    {
        Iterations.Add(value);
        if (value.Steps >= value.TotalSteps / 2)
            _halfReached?.Invoke();
    }

    private TrainingResult Fit(TrpoOptions options)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(configuration.Environment);
        var trainer = _ml.ReinforcementLearning.Trainers.Trpo(environment, options with { Seed = seed, Progress = this });
        ITransformer model = configuration.NormalizeBefore ? _ml.Transforms.NormalizeMeanVariance("Observation").Append(trainer).Fit(environment) : trainer.Fit(environment);
        using var policy = model is TransformerChain<PolicyTransformer> chain ? chain.LastTransformer : (PolicyTransformer)model;
        var path = Path.GetTempFileName();
        try
        {
            _ml.ReinforcementLearning.ExportToOnnx(model, path);
            return new TrainingResult(policy.Onnx.ToArray(), File.ReadAllBytes(path), _ml.ReinforcementLearning.Evaluate(model, environment, EvaluationEpisodes).MeanReturn);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
