namespace Trpo.Estimators.Optimization;

/// <summary>What came of <see cref="ConjugateGradient.Solve"/>.</summary>
/// <param name="Outcome">Why it stopped.</param>
/// <param name="Iterations">The number of iterations that were completed.</param>
/// <param name="SquaredResidual"><c>r.r</c> at the end, with <c>r = b - Hx</c>.</param>
/// <param name="Curvature"><c>x.Hx</c> along the solution.</param>
public readonly record struct ConjugateGradientResult(ConjugateGradientOutcome Outcome, int Iterations, double SquaredResidual, double Curvature);
