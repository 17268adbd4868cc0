namespace Trpo.Results.Studies;

/// <summary>The result of one run of another implementation.</summary>
/// <param name="Mean">The mean return of its evaluation.</param>
/// <param name="Deviation">The standard deviation over the episodes of its evaluation.</param>
/// <param name="Steps">The environment steps it was trained for.</param>
internal sealed record Reference(double Mean, double Deviation, int Steps);
