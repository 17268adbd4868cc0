using Microsoft.ML;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>
/// An environment as an ML.NET data view with one column of observations, or with the columns that its space of observations has. Whoever
/// reads it sees a finite, repeatable table: what a uniformly random policy meets under a fixed seed, on which upstream transforms are fitted.
/// While a trainer is fitted or a policy evaluated, the same columns carry what the simulator emits, row by row.
/// </summary>
public sealed class EnvironmentDataView : IDataView
{
    private readonly Func<IEnvironment> _factory;
    private readonly EnvironmentTable _table;
    private readonly EnvironmentColumns _columns;

    internal EnvironmentDataView(Func<IEnvironment> factory, int count, string? observationColumnName, EnvironmentTable table, int episodeStepLimit, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (observationColumnName is not null)
            ArgumentException.ThrowIfNullOrEmpty(observationColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(table.Rows, 1, "rows");
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _factory = factory;
        _table = table;
        Count = count;
        EpisodeStepLimit = episodeStepLimit;
        Threads = threads;

        var environment = factory() ?? throw new ArgumentException("The factory returned no environment.", nameof(factory));
        using var owned = environment as IDisposable;
        Name = environment.Name ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.Name));
        if (string.IsNullOrWhiteSpace(Name))
            throw new EnvironmentException($"Environment {environment.GetType().Name} has no {nameof(IEnvironment.Name)}: it is empty.");
        ObservationSpace = environment.ObservationSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ObservationSpace));
        ActionSpace = environment.ActionSpace ?? throw EnvironmentSpaces.Missing(environment, nameof(IEnvironment.ActionSpace));

        MaxEpisodeSteps = environment.MaxEpisodeSteps is null or >= 1
            ? environment.MaxEpisodeSteps
            : throw new EnvironmentException($"Environment '{Name}' has the {nameof(IEnvironment.MaxEpisodeSteps)} {environment.MaxEpisodeSteps}; it must be at least 1, or null.");

        if (observationColumnName is not null && !ObservationSpace.Columns.IsEmpty)
            throw new ArgumentException($"Environment '{Name}' has columns with names of their own, {string.Join(", ", ObservationSpace.Columns)}: there is no single one to be named '{observationColumnName}'. Leave the name out, and give it to the Concatenate in front of the trainer.", nameof(observationColumnName));
        _columns = new EnvironmentColumns(ObservationSpace, observationColumnName ?? new PolicyColumns().Observation);
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>How many environments are stepped side by side in training and evaluation.</summary>
    public int Count { get; }

    /// <summary>The number of steps after which an episode that has not ended is an error.</summary>
    public int EpisodeStepLimit { get; }

    /// <summary>The step after which the environment truncates an episode, or null where it does not say.</summary>
    public int? MaxEpisodeSteps { get; }

    /// <summary>How many threads step and reset them; no more are used than there are environments.</summary>
    public int Threads { get; }

    /// <summary>What the environment emits.</summary>
    public ObservationSpace ObservationSpace { get; }

    /// <summary>What the environment takes.</summary>
    public ActionSpace ActionSpace { get; }

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

    /// <summary>A new environment, with the spaces that the first one had.</summary>
    internal IEnvironment Create()
    {
        var environment = _factory() ?? throw new EnvironmentException($"The factory of environment '{Name}' returned no environment.");
        if (EnvironmentSpaces.Difference(ObservationSpace, ActionSpace, environment) is not { } difference)
            return environment;
        (environment as IDisposable)?.Dispose();
        throw new EnvironmentException($"The factory of environment '{Name}' returned environments of different spaces: {difference}.");
    }

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
