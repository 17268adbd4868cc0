namespace Trpo.Results.Statistics;

/// <summary>Several curves at one step.</summary>
internal readonly record struct BandPoint(int Steps, double Low, double Mean, double High);
