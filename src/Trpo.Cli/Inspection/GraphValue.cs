namespace Trpo.Cli.Inspection;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements, in ONNX's words.</param>
/// <param name="Shape">Its dimensions; a name where one is free.</param>
internal sealed record GraphValue(string Name, string Type, IReadOnlyList<string> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}[{string.Join(", ", Shape)}]";
}
