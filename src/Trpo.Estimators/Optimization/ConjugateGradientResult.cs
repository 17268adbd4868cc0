namespace Trpo.Estimators.Optimization;

/// <summary>What came of <see cref="ConjugateGradient.Solve"/>.</summary>
/// <param name="Outcome">Why it stopped.</param>
/// <param name="Steps">The number of steps that were completed.</param>
/// <param name="SquaredResidual"><c>r.r</c> at the end, with <c>r = b - Hx</c>.</param>
/// <param name="Curvature"><c>x.Hx</c> along the solution.</param>
public readonly record struct ConjugateGradientResult(ConjugateGradientOutcome Outcome, int Steps, double SquaredResidual, double Curvature);
