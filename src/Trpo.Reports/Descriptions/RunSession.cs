namespace Trpo.Reports.Descriptions;

/// <summary>A part of a run that one process trained: the first part, or one that resumed the run.</summary>
/// <param name="Started">The time at which the first iteration of the session ended.</param>
/// <param name="FirstIteration">The number of the first iteration of the session, from 1.</param>
public sealed record RunSession(DateTimeOffset Started, int FirstIteration);
