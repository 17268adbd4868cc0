namespace Trpo.Cli.Inspection;

/// <summary>An ONNX graph from outside.</summary>
/// <param name="Opset">The version of ONNX's operators.</param>
/// <param name="OtherOpsets">The versions of other sets of operators, by domain.</param>
/// <param name="Inputs">What it takes: <c>observation float[N, 4]</c>.</param>
/// <param name="Outputs">What it returns.</param>
/// <param name="Operators">How often each operator stands in it.</param>
/// <param name="Parameters">The numbers of its constants.</param>
internal sealed record GraphDescription(
    long Opset,
    IReadOnlyDictionary<string, long> OtherOpsets,
    IReadOnlyList<GraphValue> Inputs,
    IReadOnlyList<GraphValue> Outputs,
    IReadOnlyDictionary<string, int> Operators,
    long Parameters);
