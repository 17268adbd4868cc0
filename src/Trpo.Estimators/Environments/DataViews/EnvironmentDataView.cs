using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// A data view of an environment, with one vector column of observations or with the columns of its observation space. Read by an upstream
/// estimator or by <c>Preview</c>, the view is a finite, repeatable table: the observations of a uniformly random policy under a fixed seed.
/// While a trainer or an evaluation runs, the cursors that it opens return the observations of its own environments, row by row.
/// </summary>
/// <remarks>Several threads may read the view, and train or evaluate on it, at the same time.</remarks>
public sealed class EnvironmentDataView : IDataView
{
    private readonly RandomPolicyTable _table;

    // The rows of the cursors that are being opened. They flow into threads that are started meanwhile, so that a transform that opens more cursors there is refused;
    // readers on threads of their own keep getting the table.
    private readonly AsyncLocal<LockStepRows?> _opening = new();

    internal EnvironmentDataView(
        IHostEnvironment host, Func<IEnvironment> factory, int count, string? observationColumnName, int rows, int seed, int episodeStepLimit, SteppingOptions stepping, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (observationColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(observationColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        stepping.Validate();
        Count = count;
        Stepping = stepping;
        Specification = new EnvironmentSpecification(factory, episodeStepLimit);
        var longest = Math.Max(ObservationSpace.Length, ActionSpace.Length);
        if ((long)count * longest > Array.MaxLength)
            throw new ArgumentOutOfRangeException(nameof(count), count, FormattableString.Invariant($"{count} environments '{Name}' with {longest} values each exceed the maximum length of an array, {Array.MaxLength}: lower {nameof(count)}."));
        _table = new RandomPolicyTable(Specification, host, rows, seed, cancellation);
        if (observationColumnName is not null && !ObservationSpace.Columns.IsEmpty)
            throw new ArgumentException($"Environment '{Name}' has columns with names of their own, {string.Join(", ", ObservationSpace.Columns)}: there is no single one to be named '{observationColumnName}'. Leave the name out, and give it to the Concatenate in front of the trainer.", nameof(observationColumnName));
        Columns = new EnvironmentColumns(ObservationSpace, observationColumnName ?? new PolicyColumns().Observation);
    }

    /// <summary>The name of the environment.</summary>
    public string Name => Specification.Name;

    /// <summary>The number of environments that training and evaluation step side by side.</summary>
    public int Count { get; }

    /// <summary>The number of steps after which training and evaluation truncate an episode if <see cref="MaxEpisodeSteps"/> is null.</summary>
    public int EpisodeStepLimit => Specification.EpisodeStepLimit;

    /// <summary>The step after which the environment truncates an episode, or null if it declares none.</summary>
    public int? MaxEpisodeSteps => Specification.MaxEpisodeSteps;

    /// <summary>The number of threads that step and reset the environments; at most one per environment is used.</summary>
    public int Threads => Stepping.Threads;

    /// <summary>The longest time that a step or a reset of an environment may take in training and evaluation; null for no limit.</summary>
    public TimeSpan? StepTimeout => Stepping.StepTimeout;

    /// <summary>The number of times that a training or an evaluation replaces failed environments by new ones, over all environments.</summary>
    public int MaxRestarts => Stepping.MaxRestarts;

    /// <summary>The observations of the environment.</summary>
    public ObservationSpace ObservationSpace => Specification.ObservationSpace;

    /// <summary>The actions of the environment.</summary>
    public ActionSpace ActionSpace => Specification.ActionSpace;

    /// <summary>The schema: one column of <c>Vector&lt;Single, d&gt;</c>, or the columns of the <see cref="ObservationSpace"/>.</summary>
    public DataViewSchema Schema => Columns.Schema;

    /// <summary>False: the order of the rows is the order of the steps.</summary>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public long? GetRowCount() => _table.Rows;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);

        // Rows that were opened must reach a cursor, which closes them.
        var needed = columnsNeeded.Select(column => column.Index).ToHashSet();
        IObservationRows rows = _opening.Value?.AddCursor() ?? _table.Open();
        return new EnvironmentCursor(Columns, needed, rows);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The factory of the environments, with the properties that all of them share.</summary>
    internal EnvironmentSpecification Specification { get; }

    /// <summary>The options of steps.</summary>
    internal SteppingOptions Stepping { get; }

    /// <summary>The columns of the view.</summary>
    internal EnvironmentColumns Columns { get; }

    /// <summary>Opens cursors over this view or a transform of it. Those over this view that are opened meanwhile, on this thread or on threads that it starts, read <paramref name="rows"/>.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="open">Opens the cursors.</param>
    internal DataViewRowCursor[] OpenLockStep(LockStepRows rows, Func<DataViewRowCursor[]> open)
    {
        var outer = _opening.Value;
        _opening.Value = rows;
        try
        {
            return open();
        }
        finally
        {
            _opening.Value = outer;
        }
    }

    /// <summary>Describes the spaces and the time limit, as text that differs wherever they do.</summary>
    internal string DescribeSpaces() => FormattableString.Invariant(
        $"observations {SpaceDescription.Of(ObservationSpace)}, actions {SpaceDescription.Of(ActionSpace)}, time limit {MaxEpisodeSteps ?? 0}");

    /// <summary>Describes the columns and the transforms that combine them into a missing observation column; returns null for an environment of one column.</summary>
    internal string? CombiningAdvice(string column)
    {
        if (ObservationSpace.Columns.IsEmpty)
            return null;
        var encodings = ObservationSpace.Columns.Where(candidate => !candidate.Categories.IsEmpty).Select(candidate =>
            candidate.Kind == ObservationColumnKind.Key ? $"Transforms.Conversion.MapKeyToVector(\"{candidate.Name}\")" : $"Transforms.Categorical.OneHotEncoding(\"{candidate.Name}\")");
        var names = string.Join(", ", ObservationSpace.Columns.Select(candidate => $"\"{candidate.Name}\""));
        return $"The columns of environment '{Name}' are {string.Join(", ", ObservationSpace.Columns)}. Combine them in front of the trainer: {string.Join(", ", encodings.Append($"Transforms.Concatenate(\"{column}\", {names})"))}.";
    }
}
