using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Probing;

/// <summary>An optimizer that is given a faulty problem. The fault is around it, so that what audits the optimizer sees it too, or within it.</summary>
internal sealed class ProblemFault(IPolicyOptimizer optimizer, Func<ITrustRegionProblem, ITrustRegionProblem> distort) : IPolicyOptimizer
{
    public TrustRegionStep Step(ITrustRegionProblem problem) => optimizer.Step(distort(problem));
}

/// <summary>A problem with one method replaced.</summary>
internal sealed class DistortedProblem(ITrustRegionProblem problem) : ITrustRegionProblem
{
    public delegate void Change(Span<double> values);

    public delegate void ProductChange(ReadOnlySpan<double> vector, Span<double> product);

    public Func<double, double> Objective { get; init; } = value => value;

    public Func<double, double> Divergence { get; init; } = value => value;

    public Change GradientChange { get; init; } = _ => { };

    public ProductChange FisherChange { get; init; } = (_, _) => { };

    public int Length => problem.Length;

    public void CopyTo(Span<double> parameters) => problem.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters) => problem.Assign(parameters);

    public double Gradient(Span<double> gradient)
    {
        var objective = problem.Gradient(gradient);
        GradientChange(gradient);
        return Objective(objective);
    }

    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product)
    {
        problem.FisherProduct(vector, product);
        FisherChange(vector, product);
    }

    public (double Objective, double MeanKl) Evaluate()
    {
        var (objective, kl) = problem.Evaluate();
        return (Objective(objective), Divergence(kl));
    }

    public string NameOf(int index) => problem.NameOf(index);
}
