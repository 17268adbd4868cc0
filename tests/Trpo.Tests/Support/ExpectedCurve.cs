using SkiaSharp;

namespace Trpo.Tests.Support;

/// <summary>A curve, or an area, that must be seen in a figure.</summary>
/// <param name="Figure">The figure's id.</param>
/// <param name="Name">The name of its colour.</param>
/// <param name="Columns">In what share of the figure's columns of pixels it must be; more than its mark in the legend takes.</param>
internal sealed record ExpectedCurve(string Figure, string Name, double Columns = 0.35)
{
    // A line that covers a part of a pixel mixes its colour with the background's.
    private const double LeastShare = 0.35;
    private const double LeastCosine = 0.9928;

    private static readonly Dictionary<string, (SKColor Light, SKColor Dark)> Colors = new()
    {
        ["background"] = (new(0xFF, 0xFF, 0xFF), new(0x1A, 0x20, 0x29)),
        ["blue"] = (new(0x2F, 0x6D, 0xB3), new(0x6A, 0xA9, 0xEE)),
        ["orange"] = (new(0xD9, 0x6C, 0x06), new(0xF5, 0x9A, 0x45)),
        ["green"] = (new(0x23, 0x87, 0x5A), new(0x5C, 0xC8, 0x96)),
        ["purple"] = (new(0x7A, 0x55, 0xB8), new(0xB7, 0x9A, 0xEC)),
        ["red"] = (new(0xC4, 0x28, 0x3B), new(0xFF, 0x78, 0x87)),
    };

    /// <summary>Returns the curves that are not visible on a page: the figure and the colour of each.</summary>
    public static List<string> Missing(PageSight page, bool dark, IEnumerable<ExpectedCurve> expected) => [.. expected
        .Where(curve => !page.Figures.TryGetValue(curve.Figure, out var place) || curve.ColumnsIn(page.Screenshot, place, dark) < curve.Columns * place.Width)
        .Select(curve => $"{curve.Figure}: {curve.Name}")];

    private int ColumnsIn(SKBitmap screenshot, SKRectI place, bool dark)
    {
        var (background, color) = (Of("background", dark), Of(Name, dark));
        return Enumerable.Range(place.Left, place.Width).Count(x =>
            Enumerable.Range(place.Top, place.Height).Any(y => IsMixOf(screenshot.GetPixel(x, y), background, color)));
    }

    private static SKColor Of(string name, bool dark) => dark ? Colors[name].Dark : Colors[name].Light;

    private static bool IsMixOf(SKColor pixel, SKColor background, SKColor color)
    {
        var (red, green, blue) = (pixel.Red - background.Red, pixel.Green - background.Green, pixel.Blue - background.Blue);
        var (fullRed, fullGreen, fullBlue) = (color.Red - background.Red, color.Green - background.Green, color.Blue - background.Blue);
        double along = (red * fullRed) + (green * fullGreen) + (blue * fullBlue);
        double squared = (red * red) + (green * green) + (blue * blue), fullSquared = (fullRed * fullRed) + (fullGreen * fullGreen) + (fullBlue * fullBlue);
        return along >= LeastShare * fullSquared && along >= LeastCosine * Math.Sqrt(squared * fullSquared);
    }
}
