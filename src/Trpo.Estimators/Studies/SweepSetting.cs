using System.Globalization;
using System.Text.Json;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Studies;

/// <summary>A setting that a sweep varies: a list of values, or a range of numbers.</summary>
internal sealed class SweepSetting
{
    private const string Forms = "a list of values ([0.01, 0.02]), or a range ({ \"min\": 0.001, \"max\": 0.1, \"log\": true, \"count\": 5 })";

    private readonly JsonElement[] _values = [];
    private readonly double _min;
    private readonly double _max;
    private readonly bool _isLogarithmic;
    private readonly bool _isWhole;

    /// <param name="name">The name, checked already.</param>
    /// <param name="value">The list or the range.</param>
    /// <param name="basis">The options that the setting changes.</param>
    /// <exception cref="InvalidDataException">The setting is neither; the message names it.</exception>
    public SweepSetting(string name, JsonElement value, TrpoOptions basis)
    {
        Name = name;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0)
        {
            _values = [.. value.EnumerateArray()];
            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"The setting '{name}' of the sweep must be {Forms}.");
        foreach (var property in value.EnumerateObject().Where(property => property.Name is not ("min" or "max" or "log" or "count")))
            throw new InvalidDataException($"The range of '{name}' has '{property.Name}', but a range is min, max, log and count.");
        (_min, _max) = (Number("min"), Number("max"));
        _isLogarithmic = value.TryGetProperty("log", out var log) && (log.ValueKind is JsonValueKind.True or JsonValueKind.False ? log.GetBoolean() : throw new InvalidDataException($"'log' of '{name}' must be true or false."));
        if (!(_min < _max) || (_isLogarithmic && _min <= 0))
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"The range of '{name}' is {_min:G6} to {_max:G6}: min must be less than max{(_isLogarithmic ? ", and more than 0 where log is true" : "")}."));
        _isWhole = !Takes(basis, 0.5) && Takes(basis, Math.Ceiling(_min));
        if (value.TryGetProperty("count", out var count))
            _values = Points(count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var points) && points is >= 2 and <= 1_000 ? points : throw new InvalidDataException($"'count' of '{name}' must be a whole number from 2 to 1000."));

        double Number(string end) => value.TryGetProperty(end, out var number) && number.ValueKind == JsonValueKind.Number
            ? number.GetDouble() : throw new InvalidDataException($"The range of '{name}' has no number '{end}': it must be {Forms}.");
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the values of a grid; empty for a range without a count.</summary>
    public IReadOnlyList<JsonElement> Values => _values;

    /// <summary>Draws a value: one of the list, all with the same probability, or from the range, evenly or, if it is logarithmic, evenly in the logarithm.</summary>
    public JsonElement Draw(RandomSource random) => _max <= _min ? _values[random.NextInt(_values.Length)] : At(random.NextDouble());

    private JsonElement[] Points(int count) => [.. Enumerable.Range(0, count).Select(point => At((double)point / (count - 1))).DistinctBy(value => value.GetRawText())];

    // Six digits are more than a search can tell apart, and can be read.
    private JsonElement At(double share)
    {
        var value = _isLogarithmic ? _min * Math.Pow(_max / _min, share) : _min + (share * (_max - _min));
        return JsonElement.Parse(_isWhole ? ((long)Math.Clamp(Math.Round(value), Math.Ceiling(_min), Math.Floor(_max))).ToString(CultureInfo.InvariantCulture) : value.ToString("G6", CultureInfo.InvariantCulture));
    }

    private bool Takes(TrpoOptions basis, double value)
    {
        try
        {
            SettingNames.Apply(basis, [new(Name, JsonElement.Parse(value.ToString("R", CultureInfo.InvariantCulture)))]);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
