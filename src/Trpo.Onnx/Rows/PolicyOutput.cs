namespace Trpo.Onnx.Rows;

/// <summary>The outputs of a policy, each with a column of its own.</summary>
internal enum PolicyOutput
{
    Action,
    Score,
    Probability,
    LogProbability,
    UnclippedAction,
}
