namespace Trpo.Runtime;

/// <summary>An input of a policy's graph.</summary>
/// <param name="Name">The name: "observation", or that of a raw column.</param>
/// <param name="Length">The number of values in a row.</param>
public readonly record struct PolicyInput(string Name, int Length);
