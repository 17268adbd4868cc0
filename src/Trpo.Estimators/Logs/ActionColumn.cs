using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs;

/// <summary>The column of the logged actions, and their indices among the actions of a policy, or in the order of the log if there is none.</summary>
internal sealed class ActionColumn
{
    // A number beyond is an identifier, for which a key or a text is the type.
    private const int MaxNumber = 1 << 16;

    private readonly DataViewSchema.Column _column;
    private readonly Dictionary<string, int> _indices = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly int[] _keys = [];

    // Actions whose names are numbers are matched with numbers by name, as those of keys are.
    private readonly bool _areNumbers;
    private bool _isOpen;

    /// <param name="column">The column.</param>
    /// <param name="actions">The actions of the policy; null for those of the log.</param>
    /// <exception cref="ArgumentException">The column has other actions than the policy, or keys whose names are empty or not distinct.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The column is of no type for actions.</exception>
    public ActionColumn(DataViewSchema.Column column, DiscreteActionSpace? actions)
    {
        _column = column;
        foreach (var name in actions?.Names ?? [])
            Add(name);
        _areNumbers = actions is not null && _names.TrueForAll(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == name);
        if (column.Type is KeyDataViewType key)
            _keys = Keys(key, actions);
        else if (column.Type is not TextDataViewType && !NumberColumn.IsNumber(column.Type))
            throw LogSchema.Mismatch("action", column, "a key, a whole number or a text");
        _isOpen = actions is null && column.Type is not KeyDataViewType;
    }

    /// <summary>The names of the actions that are known so far, in the order of their indices.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>True if the actions are those of the column's type, not those that are met when it is read.</summary>
    public bool IsClosed => !_isOpen;

    /// <summary>Adds actions "0", "1" and so on up to a number of actions.</summary>
    public void Number(int count)
    {
        while (_names.Count < count)
            Add(_names.Count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Ends the growth of the actions: others are refused from now on.</summary>
    public void Close() => _isOpen = false;

    /// <summary>Creates a function that returns the index of the current row's action, -1 if it is none, and the value as a text for messages.</summary>
    /// <param name="row">The cursor.</param>
    public Func<(int Index, string Text)> Open(DataViewRow row)
    {
        if (_column.Type is TextDataViewType)
        {
            var texts = row.GetGetter<ReadOnlyMemory<char>>(_column);
            return () =>
            {
                ReadOnlyMemory<char> text = default;
                texts(ref text);
                return Text(text.ToString());
            };
        }

        if (_column.Type is not KeyDataViewType)
        {
            var numbers = NumberColumn.Open(row, _column)!;
            return () => NumberOf(numbers());
        }

        var keys = LogSchema.OpenKey(row, _column);
        return () => keys() is var key && key == 0 ? (-1, "missing") : key <= (ulong)_keys.Length ? (_keys[key - 1], "") : (-1, string.Create(CultureInfo.InvariantCulture, $"key {key}"));
    }

    private (int Index, string Text) Text(string text)
    {
        if (_isOpen && text.Length > 0 && !_indices.ContainsKey(text))
            Add(text);
        return _indices.TryGetValue(text, out var index) ? (index, text) : (-1, text.Length == 0 ? "missing" : $"'{text}'");
    }

    private (int Index, string Text) NumberOf(double number)
    {
        if (_areNumbers)
            return _indices.TryGetValue(number.ToString("R", CultureInfo.InvariantCulture), out var index) ? (index, "") : (-1, number.ToString("G6", CultureInfo.InvariantCulture));
        var limit = _isOpen ? MaxNumber : _names.Count;
        if (!(number >= 0 && number < limit && number == Math.Floor(number)))
            return (-1, number.ToString("G6", CultureInfo.InvariantCulture));
        if (_isOpen)
            Number((int)number + 1);
        return ((int)number, "");
    }

    private int[] Keys(KeyDataViewType key, DiscreteActionSpace? actions)
    {
        var names = LogSchema.KeyNames(_column);

        // ML.NET gives a key type without a count the largest number of its type.
        if (names is null && key.Count > MaxNumber)
            throw new ArgumentException($"Column '{_column.Name}' has keys without a count, so that the number of actions is not known. State it ([KeyType(count)]), or map the actions to keys (MapValueToKey).");
        var count = checked((int)key.Count);
        CheckNames(names, count);
        if (actions is null)
        {
            // Keys whose values are the numbers from 0 are those numbers, whatever the order in which a log met them.
            var numbers = Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture));
            if (names is null || numbers.ToHashSet().SetEquals(names))
                Number(count);
            foreach (var name in names ?? [])
                Add(name);
            return names is null ? [.. Enumerable.Range(0, count)] : [.. names.Select(name => _indices[name])];
        }

        // Names decide where both sides have them: keys are in the order in which a log met its actions.
        if (names is not null && names.All(_indices.ContainsKey))
            return [.. names.Select(name => _indices[name])];
        if (names is null && count == actions.Count)
            return [.. Enumerable.Range(0, count)];
        throw new ArgumentException($"The policy's actions are {LogSchema.List(actions.Names)}, but the actions in column '{_column.Name}' of the log are {(names is null ? $"{count} keys without names" : LogSchema.List(names))}. Evaluate a policy over the actions of the log, or map the log's values to the policy's names.");
    }

    private void CheckNames(IReadOnlyList<string>? names, int count)
    {
        if (names is null)
            return;
        if (names.Count != count)
            throw new ArgumentException($"The key of column '{_column.Name}' has {count} values, but {names.Count} names. Map the actions to keys anew (MapValueToKey).");
        if (names.Index().Where(pair => pair.Item.Length == 0).Select(pair => (int?)pair.Index).FirstOrDefault() is { } empty)
            throw new ArgumentException($"Value {empty} (from 0) of the key of column '{_column.Name}' has no name. Map the actions to keys anew (MapValueToKey), each with a name.");
        if (names.CountBy(name => name).FirstOrDefault(pair => pair.Value > 1) is { Value: > 1 } twice)
            throw new ArgumentException($"{twice.Value} values of the key of column '{_column.Name}' have the name '{twice.Key}', so that their actions cannot be told apart. Map the actions to keys anew (MapValueToKey), with distinct names.");
    }

    private void Add(string name)
    {
        if (_indices.TryAdd(name, _names.Count))
            _names.Add(name);
    }
}
