using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>What every observation must be: written in full, finite, and an index where it stands for a category.</summary>
internal sealed class ObservationValidator
{
    private readonly ObservationSpace _space;

    // For each value of an observation its column, where that is one of categories; none at all in a space of numbers.
    private readonly ObservationColumn?[] _categories;

    public ObservationValidator(ObservationSpace space)
    {
        _space = space;
        _categories = space.Columns.Any(column => !column.Categories.IsEmpty)
            ? [.. space.Columns.SelectMany(column => Enumerable.Repeat(column.Categories.IsEmpty ? null : column, column.Length))]
            : [];
    }

    /// <summary>What is wrong with an observation, as the end of a sentence that begins with the environment; null where nothing is.</summary>
    /// <param name="observation">What the environment wrote, <c>[d]</c>; NaN where it wrote nothing.</param>
    /// <param name="method">The method that wrote it.</param>
    /// <param name="step">The step of the episode.</param>
    public string? FindError(ReadOnlySpan<float> observation, string method, int step)
    {
        for (var i = 0; i < observation.Length; i++)
        {
            if (!float.IsFinite(observation[i]))
                return $"gave {observation[i]} as value {Describe(i)} of its observation in {method}, at step {step} of its episode; all {observation.Length} values must be written and finite.";
        }

        for (var i = 0; i < _categories.Length; i++)
        {
            if (_categories[i] is { } column && !IsIndex(observation[i], column.Categories.Length))
                return FormattableString.Invariant($"gave {observation[i]} as value {i} of its observation in {method}, at step {step} of its episode; column '{column.Name}' has categories, and takes the index of one, from 0 ('{column.Categories[0]}') to {column.Categories.Length - 1} ('{column.Categories[^1]}').");
        }

        return null;
    }

    private string Describe(int value) => _space.Names.IsEmpty ? $"{value}" : $"{value} ('{_space.Names[value]}')";

    private static bool IsIndex(float value, int count) => value >= 0 && value < count && float.IsInteger(value);
}
