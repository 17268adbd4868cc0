namespace Trpo.Reports;

/// <summary>A part of a run that a process made: the first, or one that went on where an earlier one had stopped.</summary>
/// <param name="Started">When its first iteration ended.</param>
/// <param name="FirstIteration">The number of its first iteration, from 1.</param>
public sealed record RunSession(DateTimeOffset Started, int FirstIteration);
