using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// The method of conjugate gradients for <c>H x = b</c> with a symmetric positive definite <c>H</c> given only by its products
/// (Hestenes and Stiefel 1952; Schulman et al., "Trust region policy optimization" (2015), appendix C).
/// </summary>
public static class ConjugateGradient
{
    // The cosine between p and Hp below which p.Hp is positive by rounding alone, if at all.
    private const double LeastCosine = 1e-14;

    /// <summary>
    /// Iterates <c>alpha = r.r / p.Hp; x += alpha p; r' = r - alpha Hp; beta = r'.r' / r.r; p = r' + beta p</c> from <c>x = 0</c>, <c>r = p = b</c>.
    /// </summary>
    /// <param name="matrix">The products <c>v -> Hv</c>.</param>
    /// <param name="rightHandSide">The right-hand side <c>b</c>, <c>[n]</c>.</param>
    /// <param name="solution">Receives <c>x</c>, <c>[n]</c>, the last iterate whatever the outcome.</param>
    /// <param name="steps">The greatest number of steps, at least 1; each costs one product.</param>
    /// <param name="tolerance">The squared norm of the residual, relative to that of the right-hand side, <c>r.r / b.b</c>, at which to stop early; 0 or more. A relative one makes the solution independent of the unit of <c>b</c>.</param>
    /// <returns>The reason to stop, and the curvature <c>x.Hx</c> along the solution.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is less than 1, or the tolerance is negative or NaN.</exception>
    public static ConjugateGradientResult Solve(LinearOperator matrix, ReadOnlySpan<double> rightHandSide, Span<double> solution, int steps = 10, double tolerance = 1e-10)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        if (solution.Length != rightHandSide.Length)
            throw new ArgumentException($"The solution has {solution.Length} elements, the right-hand side {rightHandSide.Length}.", nameof(solution));
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!(tolerance >= 0))
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance must be 0 or more.");

        solution.Clear();
        using PooledArray<double> residualArray = new(solution.Length), directionArray = new(solution.Length), productArray = new(solution.Length);
        Span<double> residual = residualArray.Span, direction = directionArray.Span, product = productArray.Span;
        rightHandSide.CopyTo(residual);
        rightHandSide.CopyTo(direction);
        var squared = TensorPrimitives.SumOfSquares<double>(residual);
        var target = tolerance * squared;
        var step = 0;
        var outcome = squared <= target ? ConjugateGradientOutcome.Converged : ConjugateGradientOutcome.StepLimit;
        while (outcome == ConjugateGradientOutcome.StepLimit && step < steps)
        {
            matrix(direction, product);
            var curvature = TensorPrimitives.Dot<double>(direction, product);
            if (!double.IsFinite(curvature))
            {
                outcome = ConjugateGradientOutcome.NonFinite;
                break;
            }

            if (curvature <= LeastCosine * TensorPrimitives.Norm<double>(direction) * TensorPrimitives.Norm<double>(product))
            {
                outcome = ConjugateGradientOutcome.NotPositiveDefinite;
                break;
            }

            var alpha = squared / curvature;
            TensorPrimitives.MultiplyAdd(direction, alpha, solution, solution);
            TensorPrimitives.MultiplyAdd(product, -alpha, residual, residual);
            var next = TensorPrimitives.SumOfSquares<double>(residual);
            var beta = next / squared;
            TensorPrimitives.MultiplyAdd(direction, beta, residual, direction);
            squared = next;
            step++;
            if (squared <= target)
                outcome = ConjugateGradientOutcome.Converged;
        }

        return new ConjugateGradientResult(outcome, step, squared, Curvature(rightHandSide, residual, solution));
    }

    // H x = b - r, so that the curvature along the solution costs no further product.
    private static double Curvature(ReadOnlySpan<double> rightHandSide, ReadOnlySpan<double> residual, ReadOnlySpan<double> solution) =>
        TensorPrimitives.Dot(solution, rightHandSide) - TensorPrimitives.Dot(solution, residual);
}
