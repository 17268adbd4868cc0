namespace Trpo.Estimators.Optimization;

/// <summary>The result of <see cref="ConjugateGradient.Solve"/>.</summary>
/// <param name="Outcome">The reason to stop.</param>
/// <param name="Steps">The number of completed steps.</param>
/// <param name="SquaredResidual"><c>r.r</c> at the end, with <c>r = b - Hx</c>.</param>
/// <param name="Curvature"><c>x.Hx</c> along the solution.</param>
public readonly record struct ConjugateGradientResult(ConjugateGradientOutcome Outcome, int Steps, double SquaredResidual, double Curvature);
