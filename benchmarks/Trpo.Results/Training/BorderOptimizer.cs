using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;

namespace Trpo.Results.Training;

/// <summary>An optimizer that takes the natural-gradient step as far as the border of the trust region: trials follow the divergence, which grows with the square of the length, instead of a fixed factor.</summary>
/// <param name="options">The settings of the step.</param>
internal sealed class BorderOptimizer(TrustRegionOptions options) : IPolicyOptimizer
{
    // The share of the radius that a step must use, the share that trials aim at, and the longest step as a multiple of the predicted one.
    private const double MinShare = 0.9;
    private const double Aim = 0.95;
    private const double MaxFraction = 2;

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var (gradient, direction) = (new double[problem.Length], new double[problem.Length]);
        var objective = problem.Gradient(gradient);
        var norm = TensorPrimitives.Norm<double>(gradient);
        var rejected = new TrustRegionStep { Outcome = norm == 0 ? TrustRegionOutcome.ZeroGradient : TrustRegionOutcome.NonFinite, GradientNorm = norm };
        if (!(norm > 0 && double.IsFinite(norm)))
            return rejected;
        var solved = ConjugateGradient.Solve(Damped, gradient, direction, options.ConjugateGradientSteps, options.ConjugateGradientTolerance);
        if (!(solved.Curvature > 0 && double.IsFinite(solved.Curvature)))
            return rejected;
        TensorPrimitives.Multiply(direction, TrustRegionOptimizer.StepLength(options.MaxKl, solved.Curvature), direction);
        return Search(problem, direction, objective, TensorPrimitives.Dot<double>(gradient, direction), rejected with { ConjugateGradient = solved });

        void Damped(ReadOnlySpan<double> vector, Span<double> product)
        {
            problem.FisherProduct(vector, product);
            TensorPrimitives.MultiplyAdd(vector, options.Damping, product, product);
        }
    }

    private TrustRegionStep Search(ITrustRegionProblem problem, double[] direction, double objective, double expected, TrustRegionStep rejected)
    {
        var (old, trial) = (new double[problem.Length], new double[problem.Length]);
        problem.CopyTo(old);
        var best = rejected with { Outcome = TrustRegionOutcome.NoImprovement, Trials = options.MaxBacktracks };
        var fraction = 1.0;
        for (var i = 1; i <= options.MaxBacktracks && best.MeanKl < MinShare * options.MaxKl; i++)
        {
            TensorPrimitives.MultiplyAdd(direction, fraction, old, trial);
            problem.Assign(trial);
            var (value, kl) = problem.Evaluate();
            var (improvement, promised) = (value - objective, fraction * expected);
            var improves = improvement > options.AcceptRatio * promised;
            if (improves && kl <= options.MaxKl && kl >= best.MeanKl)
                best = best with { Outcome = TrustRegionOutcome.Accepted, StepFraction = fraction, MeanKl = kl, Improvement = improvement, ExpectedImprovement = promised, Trials = i };
            if (improves && fraction >= MaxFraction && kl <= options.MaxKl)
                break;
            fraction = improves && kl > 0 ? Math.Min(fraction * Math.Sqrt(Aim * options.MaxKl / kl), MaxFraction) : fraction / 2;
        }

        TensorPrimitives.MultiplyAdd(direction, best.StepFraction, old, trial);
        problem.Assign(best.StepFraction == 0 ? old : trial);
        return best;
    }
}
