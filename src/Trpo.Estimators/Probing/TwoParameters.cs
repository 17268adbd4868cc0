using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Probing;

/// <summary>A problem of two parameters, with a diagonal Fisher matrix, on which the right behaviour of an optimizer is known.</summary>
/// <param name="objective">The objective of both parameters.</param>
/// <param name="slope">The slope of the objective by the second parameter at 0; that by the first is 1.</param>
/// <param name="curvature">The elements of the diagonal of the Fisher matrix.</param>
internal sealed class TwoParameters(Func<double, double, double> objective, double slope = 0, double curvature = 1) : ITrustRegionProblem
{
    private readonly double[] _values = new double[2];

    /// <summary>An objective that falls where a full step ends: only a shorter one improves it.</summary>
    public static TwoParameters Ridge => new((first, _) => first - (100 * first * first));

    /// <summary>An objective that every step makes worse, against its gradient.</summary>
    public static TwoParameters Cliff => new((first, second) => first == 0 && second == 0 ? 0 : -1);

    /// <summary>A linear objective, with a curvature below any usual damping.</summary>
    public static TwoParameters Plain => new((first, second) => first + (0.1 * second), slope: 0.1, curvature: 1e-4);

    /// <summary>True if neither parameter is on the other side of 0 than its gradient.</summary>
    public bool FollowsGradient => _values is [>= 0, >= 0];

    /// <inheritdoc/>
    public int Length => 2;

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) => _values.CopyTo(parameters);

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => parameters.CopyTo(_values);

    /// <inheritdoc/>
    public double Gradient(Span<double> gradient)
    {
        (gradient[0], gradient[1]) = (1, slope);
        return objective(0, 0);
    }

    /// <inheritdoc/>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product) => (product[0], product[1]) = (curvature * vector[0], curvature * vector[1]);

    /// <inheritdoc/>
    public (double Objective, double MeanKl) Evaluate() => (objective(_values[0], _values[1]), curvature * ((_values[0] * _values[0]) + (_values[1] * _values[1])) / 2);

    /// <inheritdoc/>
    public string NameOf(int index) => FormattableString.Invariant($"parameter {index}");
}
