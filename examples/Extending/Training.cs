using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;

namespace Trpo.Examples.Extending;

/// <summary>The training of a policy after a normalizer, which all examples share, and its results.</summary>
internal sealed class Training : IProgress<TrpoIteration>
{
    private const int EvaluationEpisodes = 50;
    private const int EvaluationSeed = 1;

    private readonly MLContext _ml;
    private readonly Func<IEnvironment> _factory;
    private readonly IProgress<TrpoIteration>? _listener;
    private readonly TransformerChain<PolicyTransformer> _model;

    public Training(Func<IEnvironment> factory, TrpoOptions options, int environments = 8, int rows = 4_096)
    {
        _ml = new MLContext(options.Seed);
        _factory = factory;
        _listener = options.Progress;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory, environments, rows: rows);
        _model = _ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
            .Append(_ml.ReinforcementLearning.Trainers.Trpo(environment, options with { Progress = this }))
            .Fit(environment);
        Evaluation = _ml.ReinforcementLearning.Evaluate(_model, environment, EvaluationEpisodes, EvaluationSeed);
        Console.WriteLine(FormattableString.Invariant($"  {Last!.Steps:N0} steps in {Last.Elapsed.TotalSeconds:F1} s; mean return at first {FirstReturn:F2}, at last {Last.MeanReturnOfLast100:F2}; evaluation {Evaluation}"));
    }

    /// <summary>Gets the mean return of the first episodes that ended.</summary>
    public double FirstReturn { get; private set; } = double.NaN;

    public TrpoIteration? Last { get; private set; }

    public PolicyEvaluation Evaluation { get; }

    /// <summary>Gets the policy without the normalizer.</summary>
    public PolicyTransformer Policy => _model.LastTransformer;

    public void Report(TrpoIteration value)
    {
        Last = value;
        if (double.IsNaN(FirstReturn))
            FirstReturn = value.MeanReturn;
        _listener?.Report(value);
    }

    /// <summary>Exports the normalizer and the policy to a file, and repeats the episodes of the evaluation with only that file, as an application would.</summary>
    /// <exception cref="InvalidOperationException">The mean return differs by more than 5 %.</exception>
    public void CompareExported()
    {
        var path = Path.GetTempFileName();
        _ml.ReinforcementLearning.ExportToOnnx(_model, path);
        using var policy = PolicySession.Open(path);
        using var batch = policy.CreateBatch(1);
        File.Delete(path);

        var environment = _factory();
        var seeds = new RandomSource(EvaluationSeed);
        var returns = new double[EvaluationEpisodes];
        foreach (ref var sum in returns.AsSpan())
        {
            environment.Reset(seeds.NextSeed(), batch.Observation(0));
            for (var ended = false; !ended;)
            {
                batch.Run(1);
                var action = batch.IsDiscrete ? [batch.Choice(0)] : batch.Action(0);
                var result = environment.Step(new EnvironmentAction(action), batch.Observation(0));
                (sum, ended) = (sum + result.Reward, result.Ended);
            }
        }

        // Returns may differ a little: the file and the normalizer of the pipeline round differently, and the task amplifies rounding errors.
        var mean = returns.Average();
        Console.WriteLine(FormattableString.Invariant($"  the exported file alone, in the same episodes: {mean:F3}"));
        if (!(Math.Abs(mean - Evaluation.MeanReturn) <= 0.05 * Math.Abs(Evaluation.MeanReturn)))
            throw new InvalidOperationException("The exported file and the trained policy reach different returns.");
    }
}
