using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Rows;

/// <summary>A policy as rows of data views use it.</summary>
/// <param name="ObservationColumn">The name of the column that it reads.</param>
/// <param name="ObservationLength">The length of that column's vectors.</param>
/// <param name="InputColumns">The raw columns that it was trained on, for messages; empty if they are not known.</param>
/// <param name="Outputs">The names of the columns that it adds, with the output that each holds, in their order.</param>
/// <param name="Actions">The space of its actions.</param>
/// <param name="CreateBatch">Creates memory for a number of rows. All batches of one policy draw the same action for the same row.</param>
/// <param name="NextEngine">Returns the index of the next PredictionEngine, from 0.</param>
internal sealed record RowPolicy(
    string ObservationColumn,
    int ObservationLength,
    IReadOnlyList<PolicyInputColumn> InputColumns,
    IReadOnlyList<(string Name, PolicyOutput Output)> Outputs,
    ActionSpace Actions,
    Func<int, IPolicyBatch> CreateBatch,
    Func<int> NextEngine);
