using System.Globalization;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments;

/// <summary>The spaces of an environment as text that differs wherever they do.</summary>
internal static class SpaceDescription
{
    /// <summary>Describes observations.</summary>
    public static string Of(ObservationSpace space) => space.Columns.IsEmpty
        ? $"{space} ({string.Join(", ", space.Names)}){Bounds(space.Low, space.High)}"
        : string.Join(", ", space.Columns.Select(column => $"{column} ({string.Join(", ", column.Categories.IsEmpty ? column.SlotNames : column.Categories)})"));

    /// <summary>Describes actions.</summary>
    public static string Of(ActionSpace space) => $"{space} ({string.Join(", ", space.ScoreNames)}){(space is BoxActionSpace box ? Bounds(box.Low, box.High) : "")}";

    private static string Bounds(IEnumerable<float> low, IEnumerable<float> high) =>
        string.Create(CultureInfo.InvariantCulture, $" from ({string.Join(", ", low.Select(Number))}) to ({string.Join(", ", high.Select(Number))})");

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
