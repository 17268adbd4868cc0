using System.Globalization;
using System.Numerics.Tensors;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// An optimizer around another that measures whether the problem and the step are what they should be: the gradient is the slope of the objective, Fisher products are the curvature of the divergence,
/// and a step that is accepted improves the objective, while one that is not leaves no trace.
/// </summary>
/// <param name="optimizer">The optimizer.</param>
/// <param name="maxKl">The radius that accepted steps keep; null if it is unknown.</param>
/// <param name="needsTorch">True if the optimizer may use libtorch.</param>
internal sealed class AuditedOptimizer(IPolicyOptimizer optimizer, double? maxKl, bool needsTorch) : IPolicyOptimizer
{
    // Each costs four passes over the rows.
    private const int MaxMeasured = 3;

    // Small enough to be quadratic, large enough for single precision.
    private const double MeasuredKl = 1e-4;
    private const double KlRounding = 1e-6;
    private const double KlShare = 0.05;
    private const double ImprovementRounding = 1e-7;

    private int _measured;

    /// <summary>True if the optimizer may use libtorch.</summary>
    public bool NeedsTorch => needsTorch;

    /// <summary>The slope of the objective in the direction of the gradient, as a share of the gradient's norm, that is farthest from 1; NaN where none was measured.</summary>
    public double Slope { get; private set; } = double.NaN;

    /// <summary>The curvature of the divergence in the direction of the gradient, as a share of that by Fisher products, that is farthest from 1; NaN where none was measured.</summary>
    public double Curvature { get; private set; } = double.NaN;

    /// <summary>The number of steps that broke the contract.</summary>
    public int Violations { get; private set; }

    /// <summary>The first of them in words; null if there is none.</summary>
    public string? FirstViolation { get; private set; }

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var (start, gradient) = (new double[problem.Length], new double[problem.Length]);
        problem.CopyTo(start);
        var objective = problem.Gradient(gradient);
        Measure(problem, start, gradient);
        var step = optimizer.Step(problem);
        Compare(problem, start, objective, step);
        return step;
    }

    private void Measure(ITrustRegionProblem problem, double[] start, double[] gradient)
    {
        var norm = TensorPrimitives.Norm<double>(gradient);
        if (_measured == MaxMeasured || !double.IsFinite(norm) || norm < 1e-6)
            return;
        _measured++;
        double[] direction = [.. gradient.Select(element => element / norm)];
        var product = new double[direction.Length];
        problem.FisherProduct(direction, product);
        var curvature = TensorPrimitives.Dot<double>(direction, product);
        if (!(curvature > 0))
        {
            Curvature = 0;
            return;
        }

        var length = Math.Sqrt(2 * MeasuredKl / curvature);
        var (above, below) = (At(length), At(-length));
        problem.Assign(start);
        Slope = Farthest(Slope, (above.Objective - below.Objective) / (2 * length * norm));
        Curvature = Farthest(Curvature, (above.MeanKl + below.MeanKl) / (2 * MeasuredKl));

        (double Objective, double MeanKl) At(double distance)
        {
            var moved = new double[start.Length];
            TensorPrimitives.MultiplyAdd(direction, distance, start, moved);
            problem.Assign(moved);
            return problem.Evaluate();
        }
    }

    private void Compare(ITrustRegionProblem problem, double[] start, double objective, TrustRegionStep step)
    {
        if (step.Outcome != TrustRegionOutcome.Accepted)
        {
            var end = new double[start.Length];
            problem.CopyTo(end);
            if (!end.AsSpan().SequenceEqual(start))
                Violate($"a step with the outcome {step.Outcome} changed the parameters, which it must restore bit for bit");
            return;
        }

        var (found, kl) = problem.Evaluate();
        if (!(found - objective > -ImprovementRounding))
            Violate(string.Create(CultureInfo.InvariantCulture, $"an accepted step changed the objective by {found - objective:G4}, which is no improvement"));
        else if (!(Math.Abs(kl - step.MeanKl) <= (KlShare * Math.Abs(kl)) + KlRounding))
            Violate(string.Create(CultureInfo.InvariantCulture, $"an accepted step has the divergence {kl:G4}, but reports {step.MeanKl:G4}"));
        else if (maxKl is { } radius && !(kl <= radius * (1 + KlShare)))
            Violate(string.Create(CultureInfo.InvariantCulture, $"an accepted step has the divergence {kl:G4} in a trust region of {radius:G4}"));
    }

    private void Violate(string violation)
    {
        Violations++;
        FirstViolation ??= violation;
    }

    // A NaN that was measured is farther than any number.
    private static double Farthest(double known, double measured) => double.IsNaN(known) || !(Math.Abs(measured - 1) <= Math.Abs(known - 1)) ? (double.IsNaN(measured) ? 0 : measured) : known;
}
