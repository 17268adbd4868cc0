namespace Trpo.Results.Statistics;

/// <summary>The minimum, mean and maximum of several curves at one step.</summary>
internal readonly record struct BandPoint(int Steps, double Low, double Mean, double High);
