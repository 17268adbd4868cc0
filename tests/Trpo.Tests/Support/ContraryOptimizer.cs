using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Support;

/// <summary>A broken update: as the trust region's, but with the sign of the advantages flipped, so that it makes good actions rarer.</summary>
internal sealed class ContraryOptimizer(TrustRegionOptions options) : IPolicyOptimizer
{
    private readonly TrustRegionOptimizer _optimizer = new(options);

    public TrustRegionStep Step(ITrustRegionProblem problem) => _optimizer.Step(new Flipped(problem));

    private sealed class Flipped(ITrustRegionProblem problem) : ITrustRegionProblem
    {
        public int Length => problem.Length;

        public void CopyTo(Span<double> parameters) => problem.CopyTo(parameters);

        public void Assign(ReadOnlySpan<double> parameters) => problem.Assign(parameters);

        public double Gradient(Span<double> gradient)
        {
            var objective = problem.Gradient(gradient);
            TensorPrimitives.Negate(gradient, gradient);
            return -objective;
        }

        public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product) => problem.FisherProduct(vector, product);

        public (double Objective, double MeanKl) Evaluate()
        {
            var (objective, meanKl) = problem.Evaluate();
            return (-objective, meanKl);
        }

        public string NameOf(int index) => problem.NameOf(index);
    }
}
