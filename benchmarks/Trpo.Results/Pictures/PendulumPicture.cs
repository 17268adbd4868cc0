using System.Globalization;
using System.Text;

namespace Trpo.Results.Pictures;

/// <summary>A moving picture (SVG) of pendulums side by side, one for each policy.</summary>
internal static class PendulumPicture
{
    private const int PanelWidth = 260, Height = 280, Center = 130, Length = 88;

    /// <summary>Draws the picture, which repeats without an end.</summary>
    /// <param name="title">The title, for readers that do not see.</param>
    /// <param name="panels">The caption of each pendulum and its angles from upright in radians, clockwise, one for each step; all of one length.</param>
    /// <param name="step">The time between two angles in seconds.</param>
    public static string Draw(string title, IReadOnlyList<(string Caption, IReadOnlyList<double> Angles)> panels, double step)
    {
        var duration = (panels[0].Angles.Count - 1) * step;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{PanelWidth * panels.Count * 3 / 4}" height="{Height * 3 / 4}" viewBox="0 0 {PanelWidth * panels.Count} {Height}" role="img">
            <title>{title}</title>
            <rect width="100%" height="100%" rx="10" fill="#f6f5fb"/>

            """);
        foreach (var (index, (caption, angles)) in panels.Index())
        {
            var values = string.Join(';', angles.Select(angle => (angle * 180 / Math.PI).ToString("F1", CultureInfo.InvariantCulture)));
            svg.Append(CultureInfo.InvariantCulture, $"""
                <g transform="translate({(PanelWidth * index) + Center} {Center})">
                <circle r="{Length + 18}" fill="#ffffff" stroke="#d1c4e9" stroke-width="2"/>
                <path d="M0 {-Length - 18}v12" stroke="#ffb300" stroke-width="4"/>
                <g><path d="M0 0V{-Length}" stroke="#4527a0" stroke-width="9" stroke-linecap="round"/><circle cy="{-Length}" r="13" fill="#ffb300"/>
                <animateTransform attributeName="transform" type="rotate" dur="{duration:G4}s" repeatCount="indefinite" values="{values}"/></g>
                <circle r="6" fill="#4527a0"/>
                <text y="{Height - Center - 14}" text-anchor="middle" font-family="system-ui, sans-serif" font-size="15" fill="#37474f">{caption}</text>
                </g>

                """);
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Returns angles that go on where they would jump by a whole turn.</summary>
    public static IReadOnlyList<double> WithoutJumps(IReadOnlyList<double> angles)
    {
        var whole = new double[angles.Count];
        for (var i = 0; i < whole.Length; i++)
            whole[i] = i == 0 ? angles[0] : whole[i - 1] + Math.IEEERemainder(angles[i] - whole[i - 1], 2 * Math.PI);
        return whole;
    }
}
