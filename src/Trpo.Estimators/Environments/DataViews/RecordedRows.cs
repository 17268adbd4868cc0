namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A reader of the shared rows of a random policy's table.</summary>
/// <param name="recording">The rows.</param>
/// <param name="leave">Called once, when the reader is disposed.</param>
internal sealed class RecordedRows(RandomPolicyRecording recording, Action<RandomPolicyRecording> leave) : IObservationRows
{
    private int _index = -1;
    private bool _hasLeft;

    /// <inheritdoc/>
    public ReadOnlySpan<float> Current => _index < 0 ? [] : recording.Row(_index);

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (_index + 1 >= recording.Rows)
            return false;
        recording.Require(_index + 1);
        _index++;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasLeft)
            return;
        _hasLeft = true;
        leave(recording);
    }
}
