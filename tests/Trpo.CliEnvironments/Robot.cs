namespace Trpo.CliEnvironments;

/// <summary>Is no environment.</summary>
public sealed class Robot;
