using System.Globalization;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>The requirements of an observation: every value is written and finite, and is an index if its column has categories.</summary>
internal sealed class ObservationValidator
{
    private readonly ObservationSpace _space;

    // The column of each value that is the index of a category, null for other values; empty if the space has no categories.
    private readonly ObservationColumn?[] _categories;

    public ObservationValidator(ObservationSpace space)
    {
        _space = space;
        _categories = space.Columns.Any(column => !column.Categories.IsEmpty)
            ? [.. space.Columns.SelectMany(column => Enumerable.Repeat(column.Categories.IsEmpty ? null : column, column.Length))]
            : [];
    }

    /// <summary>Describes the first error of an observation as the end of a sentence that begins with the environment; returns null if there is none.</summary>
    /// <param name="observation">The observation that the environment wrote, <c>[d]</c>; NaN where it wrote nothing.</param>
    /// <param name="method">The method that wrote it.</param>
    /// <param name="step">The step of the episode.</param>
    public string? FindError(ReadOnlySpan<float> observation, string method, int step)
    {
        var index = FiniteValues.IndexOfNonFinite(observation);
        if (index >= 0)
            return string.Create(CultureInfo.InvariantCulture, $"gave {observation[index]} as value {Describe(index)} of its observation in {method}, at step {step} of its episode; all {observation.Length} values must be written and finite.");

        for (var i = 0; i < _categories.Length; i++)
        {
            if (_categories[i] is { } column && !IsIndex(observation[i], column.Categories.Length))
                return string.Create(CultureInfo.InvariantCulture, $"gave {observation[i]} as value {i} of its observation in {method}, at step {step} of its episode; column '{column.Name}' has categories, so its value must be an index from 0 ('{column.Categories[0]}') to {column.Categories.Length - 1} ('{column.Categories[^1]}').");
        }

        return null;
    }

    private string Describe(int value) => _space.Names.IsEmpty ? $"{value}" : $"{value} ('{_space.Names[value]}')";

    private static bool IsIndex(float value, int count) => value >= 0 && value < count && float.IsInteger(value);
}
