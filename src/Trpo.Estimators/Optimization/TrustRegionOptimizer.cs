using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// Improves an objective of a model's parameters while bounding how far the model's predictions move: one natural-gradient step
/// with a line search, as in Schulman et al., "Trust region policy optimization" (2015), section 6 and appendix C. It knows nothing of
/// reinforcement learning: anything with a differentiable objective and a KL divergence will do.
/// </summary>
public sealed class TrustRegionOptimizer
{
    private readonly TrustRegionOptions _options;

    /// <summary>An optimizer with these settings.</summary>
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
    /// <param name="parameters">The parameters to change.</param>
    /// <param name="evaluate">
    /// Computes, at the present values of the parameters, the objective (a scalar to be made larger) and the mean KL(old || new) (a scalar
    /// that is 0 now), with the old predictions detached. It is called once with gradients, then once per trial without, and must
    /// return the same for the same parameters.
    /// </param>
    /// <exception cref="InvalidOperationException">The divergence does not depend on the parameters.</exception>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">libtorch refuses to differentiate what was evaluated.</exception>
    /// <returns>What was done. Unless it was accepted, the parameters are bit for bit as they were.</returns>
    public TrustRegionStep Step(FlatParameters parameters, Func<(Tensor Surrogate, Tensor MeanKl)> evaluate)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(evaluate);
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();

        var (objective, meanKl) = evaluate();
        var gradient = new double[parameters.Length];
        parameters.Gradient(objective, gradient, retainGraph: true);
        if (!meanKl.requires_grad)
            throw new InvalidOperationException("The KL divergence that was evaluated does not depend on the parameters, so that it bounds nothing. Is there a detach, or a no_grad, too much?");
        if (NonFinite(gradient) is { } offender)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.NonFiniteGradient, GradientNorm = double.NaN, Offender = parameters.NameOf(offender) };
        var norm = TensorPrimitives.Norm<double>(gradient);
        if (norm == 0)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient };
        var surrogate = Number(objective);
        var rejected = new TrustRegionStep { Outcome = TrustRegionOutcome.NonFinite, GradientNorm = norm };
        if (!double.IsFinite(surrogate))
            return rejected;

        var direction = new double[parameters.Length];
        var solved = Direction(parameters, meanKl, gradient, direction);
        rejected = rejected with { ConjugateGradient = solved };
        if (solved.Outcome == ConjugateGradientOutcome.NonFinite || !double.IsFinite(solved.Curvature))
            return rejected;
        if (!(solved.Curvature > 0))
            return rejected with { Outcome = TrustRegionOutcome.NotPositiveDefinite };

        TensorPrimitives.Multiply(direction, StepLength(_options.MaxKl, solved.Curvature), direction);
        var expected = TensorPrimitives.Dot<double>(gradient, direction);
        if (!(expected > 0 && double.IsFinite(expected)))
            return rejected with { Outcome = TrustRegionOutcome.NoImprovement };
        var found = Search(parameters, evaluate, direction, surrogate, expected);
        return rejected with
        {
            Outcome = found.Outcome,
            StepFraction = found.StepFraction,
            MeanKl = found.MeanKl,
            Improvement = found.Surrogate - surrogate,
            ExpectedImprovement = found.StepFraction * expected,
            Trials = found.Trials,
        };
    }

    /// <summary>
    /// The length of the step to the border of the trust region, <c>sqrt(2 maxKl / x.Hx)</c>: the Karush-Kuhn-Tucker conditions of
    /// <c>max g.d</c> subject to <c>d.Hd / 2 &lt;= maxKl</c> give <c>d = H^-1 g / lambda</c>, <c>lambda = sqrt(g.H^-1 g / (2 maxKl))</c>.
    /// </summary>
    /// <param name="maxKl">The radius of the trust region.</param>
    /// <param name="curvature"><c>x.Hx</c>, with <c>Hx = g</c>.</param>
    public static double StepLength(double maxKl, double curvature) => Math.Sqrt(2 * maxKl / curvature);

    private ConjugateGradientResult Direction(FlatParameters parameters, Tensor meanKl, ReadOnlySpan<double> gradient, Span<double> direction)
    {
        using var fisher = FisherVectorProduct.Of(parameters, meanKl, _options.Damping);
        var tolerance = _options.ConjugateGradientTolerance * TensorPrimitives.SumOfSquares(gradient);
        return ConjugateGradient.Solve(fisher.Apply, gradient, direction, _options.ConjugateGradientSteps, tolerance);
    }

    private LineSearchResult Search(FlatParameters parameters, Func<(Tensor Surrogate, Tensor MeanKl)> evaluate, double[] fullStep, double surrogate, double expected)
    {
        var old = new double[parameters.Length];
        var trial = new double[parameters.Length];
        parameters.CopyTo(old);
        var accepted = false;
        try
        {
            var found = BacktrackingLineSearch.Run(Try, surrogate, expected, _options.MaxKl, _options.MaxBacktracks, _options.BacktrackFactor, _options.AcceptRatio);
            accepted = found.Outcome == TrustRegionOutcome.Accepted;
            return found;
        }
        finally
        {
            if (!accepted)
                parameters.Assign(old);
        }

        (double Surrogate, double MeanKl) Try(double fraction)
        {
            TensorPrimitives.MultiplyAdd(fullStep, fraction, old, trial);
            parameters.Assign(trial);
            using var scope = NewDisposeScope();
            using var withoutGradients = no_grad();
            var (value, kl) = evaluate();
            return (Number(value), Number(kl));
        }
    }

    private static double Number(Tensor scalar)
    {
        Span<double> value = stackalloc double[1];
        TensorCopy.Copy(scalar, value);
        return value[0];
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
