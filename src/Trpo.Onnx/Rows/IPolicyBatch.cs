using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>Memory for rows of observations and for the policy's results of them.</summary>
internal interface IPolicyBatch : IDisposable
{
    /// <summary>True if actions are single choices, read with <see cref="Choice"/>, rather than vectors, read with <see cref="Action"/>.</summary>
    bool IsDiscrete { get; }

    /// <summary>Returns the memory of an observation, <c>[d]</c>, to be filled before <see cref="Run"/>.</summary>
    Span<float> Observation(int row);

    /// <summary>Runs the policy on the first <paramref name="rows"/> observations.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="ids">The ids of the rows; an action that is drawn depends on the seed and the row's id.</param>
    void Run(int rows, ReadOnlySpan<DataViewRowId> ids);

    /// <summary>Returns the index of a discrete action, from 0; -1 if it is missing.</summary>
    int Choice(int row);

    /// <summary>Returns an action vector, <c>[k]</c>.</summary>
    ReadOnlySpan<float> Action(int row);

    /// <summary>Returns the score, <c>[ScoreLength]</c>.</summary>
    ReadOnlySpan<float> Score(int row);

    /// <summary>Returns the action vector of a box before it is clipped to the bounds, <c>[k]</c>.</summary>
    ReadOnlySpan<float> UnclippedAction(int row);

    /// <summary>Returns the logarithm of the action's probability, or density in a box, in nats.</summary>
    double LogProbability(int row);
}
