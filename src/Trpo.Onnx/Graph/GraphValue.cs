namespace Trpo.Onnx.Graph;

/// <summary>An input or output of a graph.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type of its elements in lower case, such as <c>float</c> or <c>int64</c>.</param>
/// <param name="Shape">Its dimensions: numbers, or names of those that are free, such as <c>N</c>.</param>
public sealed record GraphValue(string Name, string Type, IReadOnlyList<string> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Type}[{string.Join(", ", Shape)}]";
}
