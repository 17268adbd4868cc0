namespace Trpo.CliEnvironments;

/// <summary>A class that is no environment.</summary>
public sealed class Robot;
