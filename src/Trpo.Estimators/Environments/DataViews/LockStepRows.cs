namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// Rows that a trainer or an evaluation offers one at a time, each to be pulled through the upstream transforms before the next
/// is known. Whoever asks for a row that was not offered, or asks from another thread, is told that the rows have ended
/// (so that it ends too, wherever it runs), and remembered.
/// </summary>
internal sealed class LockStepRows(EnvironmentDataView view) : IObservationRows
{
    // Set while the cursors are opened, and flows into whatever threads are started meanwhile; other readers of the same
    // view, on threads of their own, keep getting the table.
    private static readonly AsyncLocal<LockStepRows?> Opening = new();

    private readonly float[] _row = new float[view.ObservationSpace.Length];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _broken;
    private bool _offered;

    public ReadOnlySpan<float> Current => _row;

    /// <summary>How many cursors the data view has given out for these rows; exactly one is right.</summary>
    public int Cursors { get; private set; }

    /// <summary>Whether a row was asked for out of turn.</summary>
    public bool Broken => _broken;

    /// <summary>Whether the row that was offered last has been taken.</summary>
    public bool Taken => !_offered;

    /// <summary>The rows that a cursor over <paramref name="view"/> that is being opened now should give, or null for the table.</summary>
    public static LockStepRows? OpeningFor(EnvironmentDataView view)
    {
        if (Opening.Value is not { } rows || !rows.IsOf(view))
            return null;
        rows.Cursors++;
        return rows;
    }

    /// <summary>Runs <paramref name="open"/>, whose cursors over the view are given these rows.</summary>
    public T Open<T>(Func<T> open)
    {
        var outer = Opening.Value;
        Opening.Value = this;
        try
        {
            return open();
        }
        finally
        {
            Opening.Value = outer;
        }
    }

    /// <summary>Makes a row ready to be pulled.</summary>
    public void Offer(ReadOnlySpan<float> row)
    {
        row.CopyTo(_row);
        _offered = true;
    }

    public bool MoveNext()
    {
        if (Environment.CurrentManagedThreadId != _thread || !_offered)
        {
            _broken = true;
            return false;
        }

        _offered = false;
        return true;
    }

    public void Dispose()
    {
    }

    private bool IsOf(EnvironmentDataView other) => ReferenceEquals(view, other);
}
