using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs;

/// <summary>The forward-only reader of the rows of a log, which converts the types of its columns and judges no value.</summary>
internal sealed class LogReader : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly Func<(int Index, string Text)> _action;
    private readonly Func<double> _probability;
    private readonly Func<double> _reward;
    private readonly Func<int> _episode = () => 0;
    private readonly Func<double> _step = () => 0;
    private readonly Action _vectors = () => { };

    /// <param name="view">The rows.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="actions">The actions of the policy; null for those of the log.</param>
    /// <param name="observation">The name of the column of observations; null if none is read.</param>
    /// <param name="others">Further columns that are read from <see cref="Cursor"/>.</param>
    /// <exception cref="ArgumentException">A column is missing or of another type, or the log has other actions than the policy.</exception>
    public LogReader(IDataView view, LogColumns columns, DiscreteActionSpace? actions, string? observation, params IEnumerable<DataViewSchema.Column> others)
    {
        var schema = view.Schema;
        var (action, reward, probability) = (LogSchema.Find(schema, "action", columns.Action), LogSchema.Find(schema, "reward", columns.Reward), LogSchema.FindProbability(schema, columns));
        Actions = new ActionColumn(action, actions);
        foreach (var (role, number) in new[] { ("reward", reward), ("probability", probability) })
        {
            if (!NumberColumn.IsNumber(number.Type))
                throw LogSchema.Mismatch(role, number, "a number");
        }

        var needed = new List<DataViewSchema.Column>([action, reward, probability, .. others]);
        var (episode, step) = LogSchema.FindEpisodes(schema, columns);
        needed.AddRange(new[] { episode, step }.OfType<DataViewSchema.Column>());
        (DataViewSchema.Column Column, VectorDataViewType Type)? features = null, mask = null, candidates = null;
        if (observation is not null)
            needed.Add((features = LogSchema.FindVector(schema, "observation", observation, NumberDataViewType.Single)).Value.Column);
        if (columns.Eligible is not null)
            needed.Add((mask = LogSchema.FindVector(schema, "mask", columns.Eligible, NumberDataViewType.Single, BooleanDataViewType.Instance)).Value.Column);
        if (columns.ActionFeatures is not null)
            needed.Add((candidates = LogSchema.FindCandidates(schema, columns, mask?.Type.Size)).Value.Column);
        if (mask is not null && action.Type is TextDataViewType && !Actions.IsClosed)
            throw new ArgumentException($"Column '{columns.Action}' names the actions by texts, whose order in the mask '{columns.Eligible}' is not known. Map them to keys of a known order (MapValueToKey with keyData), or set Actions in the options of a rule or of a trainer.");
        if (mask is { } values)
        {
            SetCount(values.Type.Size, $"column '{columns.Eligible}' of the log has {values.Type.Size} values");
            Actions.Close();
        }

        Row = new LogRow { Observation = new float[features?.Type.Size ?? 0], ActionFeatures = new float[candidates?.Type.Size ?? 0], Mask = new float[mask?.Type.Size ?? 0], Eligible = new bool[mask?.Type.Size ?? 0] };
        _cursor = view.GetRowCursor(needed);
        _action = Actions.Open(_cursor);
        _reward = NumberColumn.Open(_cursor, reward)!;
        var logged = NumberColumn.Open(_cursor, probability)!;
        _probability = columns.LogProbability is null ? logged : () => Math.Exp(logged());
        if (episode is { } named)
            _episode = (Episodes = new EpisodeColumn(named)).Open(_cursor);
        if (step is { } counted)
            _step = NumberColumn.Open(_cursor, counted)!;
        if (features is { } vector)
            _vectors += Vector<float>(vector.Column, Row.Observation, value => value);
        if (candidates is { } listed)
            _vectors += Vector<float>(listed.Column, Row.ActionFeatures, value => value);
        if (mask is { Type: var type, Column: var masked })
            _vectors += type.ItemType is BooleanDataViewType ? Vector<bool>(masked, Row.Mask, value => value ? 1 : 0) : Vector<float>(masked, Row.Mask, value => value);
    }

    /// <summary>The actions.</summary>
    public ActionColumn Actions { get; }

    /// <summary>The column of the episodes; null if there is none.</summary>
    public EpisodeColumn? Episodes { get; }

    /// <summary>The cursor, for further columns.</summary>
    public DataViewRow Cursor => _cursor;

    /// <summary>The current row.</summary>
    public LogRow Row { get; }

    /// <summary>Reads the next row; returns false at the end.</summary>
    public bool Read()
    {
        if (!_cursor.MoveNext())
            return false;
        Row.Index = _cursor.Position;
        (Row.Action, Row.ActionText) = _action();
        Row.Probability = _probability();
        Row.Reward = _reward();
        (Row.Episode, Row.Step) = (_episode(), _step());
        _vectors();
        for (var i = 0; i < Row.Mask.Length; i++)
            Row.Eligible[i] = Row.Mask[i] > 0;
        return true;
    }

    /// <summary>Sets the number of actions, unless the column knows it.</summary>
    /// <param name="count">The number.</param>
    /// <param name="source">The source of the number, as the subject of a sentence.</param>
    /// <exception cref="ArgumentException">The column or the policy has another number of actions.</exception>
    public void SetCount(int count, string source)
    {
        if (!Actions.IsClosed)
            Actions.Number(count);
        if (Actions.Names.Count != count)
            throw new ArgumentException($"There are {Actions.Names.Count} actions ({LogSchema.List(Actions.Names)}), but {source}, not one for each action.");
    }

    /// <inheritdoc/>
    public void Dispose() => _cursor.Dispose();

    private Action Vector<T>(DataViewSchema.Column column, float[] target, Func<T, float> convert)
    {
        var getter = _cursor.GetGetter<VBuffer<T>>(column);
        VBuffer<T> buffer = default;
        return () =>
        {
            getter(ref buffer);
            Array.Clear(target);
            foreach (var (index, value) in buffer.Items())
                target[index] = convert(value);
        };
    }
}
