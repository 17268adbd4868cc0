using System.Numerics.Tensors;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;

namespace Trpo.Examples.Extending;

/// <summary>
/// The natural policy gradient (Kakade 2001) with the normalised step of Rajeswaran et al., "Towards generalization and simplicity in continuous
/// control" (2017): the direction and the length of TRPO's step, but no line search that would hold it to what it promised.
/// </summary>
internal sealed class NaturalPolicyGradient(double meanKl = 0.01, double damping = 0.1) : IPolicyOptimizer
{
    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        var gradient = new double[problem.Length];
        var objective = problem.Gradient(gradient);
        var offender = Array.FindIndex(gradient, element => !double.IsFinite(element));
        if (offender >= 0)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.NonFiniteGradient, Offender = problem.NameOf(offender) };
        var norm = TensorPrimitives.Norm<double>(gradient);
        if (norm == 0)
            return new TrustRegionStep { Outcome = TrustRegionOutcome.ZeroGradient };

        // x = (F + damping I)^-1 g; a step of x * sqrt(2 KL / x.Fx) has that KL, as far as the quadratic model goes.
        var direction = new double[problem.Length];
        var solved = ConjugateGradient.Solve(Damped, gradient, direction);
        var length = TrustRegionOptimizer.StepLength(meanKl, solved.Curvature);
        var nothing = new TrustRegionStep { Outcome = TrustRegionOutcome.NonFinite, GradientNorm = norm, ConjugateGradient = solved };
        if (solved.Outcome == ConjugateGradientOutcome.NonFinite || !double.IsFinite(solved.Curvature))
            return nothing;
        if (solved.Curvature <= 0)
            return nothing with { Outcome = TrustRegionOutcome.NotPositiveDefinite };

        var old = new double[problem.Length];
        var moved = new double[problem.Length];
        problem.CopyTo(old);
        TensorPrimitives.MultiplyAdd(direction, length, old, moved);
        problem.Assign(moved);
        var (reached, divergence) = problem.Evaluate();
        if (!double.IsFinite(reached) || !double.IsFinite(divergence))
        {
            problem.Assign(old);
            return nothing with { Trials = 1 };
        }

        return nothing with
        {
            Outcome = TrustRegionOutcome.Accepted,
            StepFraction = 1,
            MeanKl = divergence,
            Improvement = reached - objective,
            ExpectedImprovement = length * TensorPrimitives.Dot<double>(gradient, direction),
            Trials = 1,
        };

        void Damped(ReadOnlySpan<double> vector, Span<double> product)
        {
            problem.FisherProduct(vector, product);
            TensorPrimitives.MultiplyAdd(vector, damping, product, product);
        }
    }
}

/// <summary>The training with the natural policy gradient, which prints the divergence of its steps.</summary>
internal static class CustomOptimizer
{
    public static Outcome Run(int seed)
    {
        var largest = 0.0;
        var training = new Training(() => new CartPole(), new TrpoOptions
        {
            TotalSteps = 60_000,
            StepsPerIteration = 512,
            Seed = seed,
            Optimizer = new NaturalPolicyGradient(meanKl: 0.01),
            Progress = new Listener(iteration => largest = Math.Max(largest, iteration.Update.MeanKl)),
        });
        Console.WriteLine(FormattableString.Invariant($"  steps of about 0.01 nats were asked for; the largest had {largest:F4}"));
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, Required: 400);
    }
}
