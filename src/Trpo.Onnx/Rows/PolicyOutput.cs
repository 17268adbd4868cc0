namespace Trpo.Onnx.Rows;

/// <summary>What a policy writes to its output columns.</summary>
internal enum PolicyOutput
{
    Action,
    Score,
    Probability,
    LogProbability,
    UnclippedAction,
}
