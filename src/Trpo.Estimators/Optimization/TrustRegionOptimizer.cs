using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// Improves an objective of a model's parameters while bounding how far the model's predictions move: one natural-gradient step
/// with a line search, as in Schulman et al., "Trust region policy optimization" (2015), section 6 and appendix C. It knows nothing of
/// reinforcement learning and works for any differentiable objective with a KL divergence.
/// </summary>
public sealed class TrustRegionOptimizer : IPolicyOptimizer
{
    private readonly TrustRegionOptions _options;

    /// <summary>Creates an optimizer.</summary>
    /// <param name="options">The settings; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names it.</exception>
    public TrustRegionOptimizer(TrustRegionOptions? options = null)
    {
        _options = options ?? new TrustRegionOptions();
        _options.Validate();
    }

    /// <summary>
    /// Takes one step: <c>max g.d</c> subject to <c>d.Hd / 2 &lt;= maxKl</c>, whose solution is <c>d = sqrt(2 maxKl / x.Hx) x</c> with
    /// <c>Hx = g</c>, and then as much of <c>d</c> as the line search allows. <c>H</c> includes the damping.
    /// </summary>
    /// <param name="problem">The objective, the divergence, and the parameters to change.</param>
    /// <returns>The result. Unless the step was accepted, the parameters are restored bit for bit.</returns>
    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        using var gradientArray = new PooledArray<double>(problem.Length);
        var gradient = gradientArray.Span;
        var objective = problem.Gradient(gradient);
        if (NonFinite(gradient) is { } offender)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.NonFiniteGradient, GradientNorm = double.NaN, Offender = problem.NameOf(offender) };
        var norm = TensorPrimitives.Norm<double>(gradient);
        if (norm == 0)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient };
        var rejected = new TrustRegionStep { Outcome = TrustRegionOutcome.NonFinite, GradientNorm = norm };
        if (!double.IsFinite(objective))
            return rejected;

        using var directionArray = new PooledArray<double>(problem.Length);
        var direction = directionArray.Span;
        var solved = Direction(problem, gradient, direction);
        rejected = rejected with { ConjugateGradient = solved };
        if (solved.Outcome == ConjugateGradientOutcome.NonFinite || !double.IsFinite(solved.Curvature))
            return rejected;
        if (!(solved.Curvature > 0))
            return rejected with { Outcome = TrustRegionOutcome.NotPositiveDefinite };

        TensorPrimitives.Multiply(direction, StepLength(_options.MaxKl, solved.Curvature), direction);
        var expected = TensorPrimitives.Dot<double>(gradient, direction);
        if (!(expected > 0 && double.IsFinite(expected)))
            return rejected with { Outcome = TrustRegionOutcome.NoImprovement };
        var found = Search(problem, directionArray, objective, expected);
        return rejected with
        {
            Outcome = found.Outcome,
            StepFraction = found.StepFraction,
            MeanKl = found.MeanKl,
            Improvement = found.Surrogate - objective,
            ExpectedImprovement = found.StepFraction * expected,
            Trials = found.Trials,
        };
    }

    /// <summary>Takes one step with derivatives by libtorch's automatic differentiation.</summary>
    /// <param name="parameters">The parameters to change.</param>
    /// <param name="evaluate">
    /// Computes, at the present values of the parameters, the objective (a scalar to be made larger) and the mean KL(old || new) (a scalar
    /// that is 0 now), with the old predictions detached. It is called once with gradients, then once per trial without, and must
    /// return the same for the same parameters.
    /// </param>
    /// <exception cref="InvalidOperationException">The divergence does not depend on the parameters.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refuses to differentiate what was evaluated.</exception>
    /// <returns>The result. Unless the step was accepted, the parameters are restored bit for bit.</returns>
    public TrustRegionStep Step(FlatParameters parameters, Func<(Tensor Surrogate, Tensor MeanKl)> evaluate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(evaluate);
        using var problem = new DifferentiatedProblem(parameters, evaluate);
        return Step(problem);
    }

    /// <summary>
    /// Computes the length of the step to the border of the trust region, <c>sqrt(2 maxKl / x.Hx)</c>: the Karush-Kuhn-Tucker conditions of
    /// <c>max g.d</c> subject to <c>d.Hd / 2 &lt;= maxKl</c> give <c>d = H^-1 g / lambda</c>, <c>lambda = sqrt(g.H^-1 g / (2 maxKl))</c>.
    /// </summary>
    /// <param name="maxKl">The radius of the trust region.</param>
    /// <param name="curvature"><c>x.Hx</c>, with <c>Hx = g</c>.</param>
    public static double StepLength(double maxKl, double curvature) => Math.Sqrt(2 * maxKl / curvature);

    private ConjugateGradientResult Direction(ITrustRegionProblem problem, ReadOnlySpan<double> gradient, Span<double> direction)
    {
        return ConjugateGradient.Solve(Damped, gradient, direction, _options.ConjugateGradientSteps, _options.ConjugateGradientTolerance);

        void Damped(ReadOnlySpan<double> vector, Span<double> product)
        {
            problem.FisherProduct(vector, product);
            TensorPrimitives.MultiplyAdd(vector, _options.Damping, product, product);
        }
    }

    private LineSearchResult Search(ITrustRegionProblem problem, PooledArray<double> fullStep, double objective, double expected)
    {
        using var old = new PooledArray<double>(problem.Length);
        using var trial = new PooledArray<double>(problem.Length);
        problem.CopyTo(old.Span);
        var accepted = false;
        try
        {
            var found = BacktrackingLineSearch.Run(Try, objective, expected, _options.MaxKl, _options.MaxBacktracks, _options.BacktrackFactor, _options.AcceptRatio);
            accepted = found.Outcome == TrustRegionOutcome.Accepted;
            return found;
        }
        finally
        {
            if (!accepted)
                problem.Assign(old.Span);
        }

        (double Objective, double MeanKl) Try(double fraction)
        {
            TensorPrimitives.MultiplyAdd(fullStep.Span, fraction, old.Span, trial.Span);
            problem.Assign(trial.Span);
            return problem.Evaluate();
        }
    }

    private static int? NonFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }

        return null;
    }
}
