using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;
using Trpo.Onnx.Randomness;

namespace Trpo.Examples.Extending;

/// <summary>A policy trained behind a normaliser, as every example trains it, and what it reached.</summary>
internal sealed class Training : IProgress<TrpoIteration>
{
    private const int EvaluationEpisodes = 50;
    private const int EvaluationSeed = 1;

    private readonly MLContext _ml;
    private readonly Func<IEnvironment> _factory;
    private readonly IProgress<TrpoIteration>? _listener;
    private readonly TransformerChain<PolicyTransformer> _model;

    public Training(Func<IEnvironment> factory, TrpoOptions options)
    {
        _ml = new MLContext(options.Seed);
        _factory = factory;
        _listener = options.Progress;
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory);
        _model = _ml.Transforms.NormalizeMeanVariance("Observation")
            .Append(_ml.ReinforcementLearning.Trainers.Trpo(environment, options with { Progress = this }))
            .Fit(environment);
        Evaluation = _ml.ReinforcementLearning.Evaluate(_model, environment, EvaluationEpisodes, EvaluationSeed);
        Console.WriteLine(FormattableString.Invariant($"  {Last!.Steps:N0} steps in {Last.Elapsed.TotalSeconds:F1} s; mean return at first {FirstReturn:F2}, at last {Last.MeanReturnOfLast100:F2}; evaluation {Evaluation}"));
    }

    /// <summary>The mean return of the first episodes that ended.</summary>
    public double FirstReturn { get; private set; } = double.NaN;

    public TrpoIteration? Last { get; private set; }

    public PolicyEvaluation Evaluation { get; }

    /// <summary>The policy without the normaliser.</summary>
    public PolicyTransformer Policy => _model.LastTransformer;

    public void Report(TrpoIteration value)
    {
        Last = value;
        if (double.IsNaN(FirstReturn))
            FirstReturn = value.MeanReturn;
        _listener?.Report(value);
    }

    /// <summary>Exports the normaliser and the policy to a file, and plays the episodes of the evaluation with nothing but that file, as an application would.</summary>
    /// <exception cref="InvalidOperationException">It plays otherwise.</exception>
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

        // Not exactly: the file may round otherwise than the normaliser of the pipeline, and a pole falls this way or that by a rounding.
        var mean = returns.Average();
        Console.WriteLine(FormattableString.Invariant($"  the exported file alone, in the same episodes: {mean:F3}"));
        if (!(Math.Abs(mean - Evaluation.MeanReturn) <= 0.05 * Math.Abs(Evaluation.MeanReturn)))
            throw new InvalidOperationException("The exported file plays otherwise than the trained policy.");
    }
}
