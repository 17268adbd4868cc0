using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>
/// An environment as an ML.NET data view with one column of observations. Whoever reads it sees a finite, repeatable table:
/// what a uniformly random policy meets under a fixed seed, on which upstream transforms are fitted. While a trainer is
/// fitted or a policy evaluated, the same column carries what the simulator emits, row by row.
/// </summary>
public sealed class EnvironmentDataView : IDataView
{
    private readonly Func<IEnvironment> _factory;
    private readonly EnvironmentTable _table;

    internal EnvironmentDataView(Func<IEnvironment> factory, int count, string observationColumnName, EnvironmentTable table, int episodeStepLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentException.ThrowIfNullOrEmpty(observationColumnName);
        ArgumentOutOfRangeException.ThrowIfLessThan(table.Rows, 1, "rows");
        ArgumentOutOfRangeException.ThrowIfLessThan(episodeStepLimit, 1);
        _factory = factory;
        _table = table;
        Count = count;
        EpisodeStepLimit = episodeStepLimit;

        var environment = factory() ?? throw new ArgumentException("The factory returned no environment.", nameof(factory));
        using var owned = environment as IDisposable;
        Name = environment.Name ?? throw Missing(environment, nameof(IEnvironment.Name));
        ObservationSpace = environment.ObservationSpace ?? throw Missing(environment, nameof(IEnvironment.ObservationSpace));
        ActionSpace = environment.ActionSpace ?? throw Missing(environment, nameof(IEnvironment.ActionSpace));

        var builder = new DataViewSchema.Builder();
        builder.AddColumn(observationColumnName, new VectorDataViewType(NumberDataViewType.Single, ObservationSpace.Length), PolicySchema.Names("SlotNames", ObservationSpace.Names));
        Schema = builder.ToSchema();
    }

    /// <summary>The environment's name.</summary>
    public string Name { get; }

    /// <summary>How many environments are stepped side by side in training and evaluation.</summary>
    public int Count { get; }

    /// <summary>The number of steps after which an episode that has not ended is an error.</summary>
    public int EpisodeStepLimit { get; }

    /// <summary>What the environment emits.</summary>
    public ObservationSpace ObservationSpace { get; }

    /// <summary>What the environment takes.</summary>
    public ActionSpace ActionSpace { get; }

    /// <summary>One column, <c>Vector&lt;Single, d&gt;</c>.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>False: the order of the rows is the order of the steps.</summary>
    public bool CanShuffle => false;

    /// <inheritdoc/>
    public long? GetRowCount() => _table.Rows;

    /// <inheritdoc/>
    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var rows = LockStepRows.OpeningFor(this) ?? (IObservationRows)new RandomPolicyRows(this, _table);
        return new EnvironmentCursor(Schema, columnsNeeded.Any(), rows);
    }

    /// <inheritdoc/>
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    /// <summary>A new environment, with the spaces that the first one had.</summary>
    internal IEnvironment Create()
    {
        var environment = _factory() ?? throw new EnvironmentException($"The factory of environment '{Name}' returned no environment.");
        if (Difference(environment) is not { } difference)
            return environment;
        (environment as IDisposable)?.Dispose();
        throw new EnvironmentException($"The factory of environment '{Name}' returned environments of different spaces: {difference}.");
    }

    private static EnvironmentException Missing(IEnvironment environment, string property) =>
        new($"Environment {environment.GetType().Name} has no {property}: it is null.");

    private string? Difference(IEnvironment environment)
    {
        var (observations, actions) = (environment.ObservationSpace, environment.ActionSpace);
        if (observations is null || observations.Length != ObservationSpace.Length)
            return $"the observations are {ObservationSpace}, then {observations?.ToString() ?? "null"}";
        if (actions is null || actions.GetType() != ActionSpace.GetType() || !actions.ScoreNames.SequenceEqual(ActionSpace.ScoreNames))
            return $"the actions are {ActionSpace}, then {actions?.ToString() ?? "null"}";
        return actions is BoxActionSpace box && ActionSpace is BoxActionSpace first && !(box.Low.SequenceEqual(first.Low) && box.High.SequenceEqual(first.High))
            ? "the bounds of the actions differ"
            : null;
    }
}
