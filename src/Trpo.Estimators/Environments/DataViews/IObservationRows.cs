namespace Trpo.Estimators.Environments.DataViews;

/// <summary>Where the rows of an <see cref="EnvironmentCursor"/> come from.</summary>
internal interface IObservationRows : IDisposable
{
    /// <summary>The observation of the current row, <c>[d]</c>.</summary>
    ReadOnlySpan<float> Current { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    bool MoveNext();
}
