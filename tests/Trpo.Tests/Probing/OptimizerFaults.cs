using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Probing;

/// <summary>An optimizer that takes the whole step and never looks at what came of it.</summary>
internal sealed class Unsearched : IPolicyOptimizer
{
    private const double MaxKl = 0.01;

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var (values, gradient, direction) = (new double[problem.Length], new double[problem.Length], new double[problem.Length]);
        problem.CopyTo(values);
        problem.Gradient(gradient);
        if (TensorPrimitives.Norm<double>(gradient) == 0)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient };
        var solved = ConjugateGradient.Solve(Damped, gradient, direction, 10, 1e-3);
        TensorPrimitives.MultiplyAdd(direction, TrustRegionOptimizer.StepLength(MaxKl, solved.Curvature), values, values);
        problem.Assign(values);
        return new TrustRegionStep { Outcome = TrustRegionOutcome.Accepted, StepFraction = 1, MeanKl = MaxKl };

        void Damped(ReadOnlySpan<double> vector, Span<double> product)
        {
            problem.FisherProduct(vector, product);
            TensorPrimitives.MultiplyAdd(vector, 0.1, product, product);
        }
    }
}

/// <summary>An optimizer that leaves the last trial of a rejected step in the parameters.</summary>
internal sealed class Unrestored : IPolicyOptimizer
{
    private readonly TrustRegionOptimizer _optimizer = new();

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var step = _optimizer.Step(problem);
        if (step.Outcome is TrustRegionOutcome.Accepted or TrustRegionOutcome.ZeroGradient)
            return step;
        var values = new double[problem.Length];
        problem.CopyTo(values);
        values[0] += 1e-3;
        problem.Assign(values);
        return step;
    }
}
