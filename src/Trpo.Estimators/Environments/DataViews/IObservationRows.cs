namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The rows that an <see cref="EnvironmentCursor"/> reads, each an observation.</summary>
internal interface IObservationRows : IDisposable
{
    /// <summary>The observation of the current row, <c>[d]</c>.</summary>
    ReadOnlySpan<float> Current { get; }

    /// <summary>Advances to the next row; returns false at the end of the data.</summary>
    bool MoveNext();
}
