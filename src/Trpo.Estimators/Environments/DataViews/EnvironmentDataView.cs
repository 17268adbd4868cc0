using Microsoft.ML;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>
/// An environment as an ML.NET data view with one column of observations, or with the columns that its space of observations has. Whoever
/// reads it sees a finite, repeatable table: what a uniformly random policy meets under a fixed seed, on which upstream transforms are fitted.
/// While a trainer is fitted or a policy evaluated, the same columns carry what the simulator emits, row by row.
/// </summary>
public sealed class EnvironmentDataView : IDataView
{
    private readonly RandomPolicyTable _table;
    private readonly EnvironmentColumns _columns;

    internal EnvironmentDataView(Func<IEnvironment> factory, int count, string? observationColumnName, RandomPolicyTable table, int episodeStepLimit, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (observationColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(observationColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(table.Rows, 1, "rows");
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _table = table;
        Count = count;
        Threads = threads;
        Specification = new EnvironmentSpecification(factory, episodeStepLimit);
        if (observationColumnName is not null && !ObservationSpace.Columns.IsEmpty)
            throw new ArgumentException($"Environment '{Name}' has columns with names of their own, {string.Join(", ", ObservationSpace.Columns)}: there is no single one to be named '{observationColumnName}'. Leave the name out, and give it to the Concatenate in front of the trainer.", nameof(observationColumnName));
        _columns = new EnvironmentColumns(ObservationSpace, observationColumnName ?? new PolicyColumns().Observation);
    }

    /// <summary>The environment's name.</summary>
    public string Name => Specification.Name;

    /// <summary>How many environments are stepped side by side in training and evaluation.</summary>
    public int Count { get; }

    /// <summary>The number of steps after which an episode that has not ended is an error.</summary>
    public int EpisodeStepLimit => Specification.EpisodeStepLimit;

    /// <summary>The step after which the environment truncates an episode, or null where it does not say.</summary>
    public int? MaxEpisodeSteps => Specification.MaxEpisodeSteps;

    /// <summary>How many threads step and reset them; no more are used than there are environments.</summary>
    public int Threads { get; }

    /// <summary>What the environment emits.</summary>
    public ObservationSpace ObservationSpace => Specification.ObservationSpace;

    /// <summary>What the environment takes.</summary>
    public ActionSpace ActionSpace => Specification.ActionSpace;

    /// <summary>One column, <c>Vector&lt;Single, d&gt;</c>, or the columns of the <see cref="ObservationSpace"/>.</summary>
    public DataViewSchema Schema => _columns.Schema;

    /// <summary>False: the order of the rows is the order of the steps.</summary>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public long? GetRowCount() => _table.Rows;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var rows = LockStepRows.OpeningFor(this) ?? (IObservationRows)new RandomPolicyRows(this, _table);
        return new EnvironmentCursor(_columns, columnsNeeded.Select(column => column.Index).ToHashSet(), rows);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>The factory of the environments, with the properties that all of them share.</summary>
    internal EnvironmentSpecification Specification { get; }

    /// <summary>What to do where a column to observe is missing: the columns that there are, and how to combine them; null for an environment of one column.</summary>
    internal string? HowToCombineInto(string column)
    {
        if (ObservationSpace.Columns.IsEmpty)
            return null;
        var encodings = ObservationSpace.Columns.Where(candidate => !candidate.Categories.IsEmpty).Select(candidate =>
            candidate.Kind == ObservationColumnKind.Key ? $"Transforms.Conversion.MapKeyToVector(\"{candidate.Name}\")" : $"Transforms.Categorical.OneHotEncoding(\"{candidate.Name}\")");
        var names = string.Join(", ", ObservationSpace.Columns.Select(candidate => $"\"{candidate.Name}\""));
        return $"The columns of environment '{Name}' are {string.Join(", ", ObservationSpace.Columns)}. Combine them in front of the trainer: {string.Join(", ", encodings.Append($"Transforms.Concatenate(\"{column}\", {names})"))}.";
    }
}
