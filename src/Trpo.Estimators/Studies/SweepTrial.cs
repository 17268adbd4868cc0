using System.Globalization;
using System.Text.Json;

namespace Trpo.Estimators.Studies;

/// <summary>A trial of a sweep: a choice of its settings.</summary>
/// <param name="Index">The index of the trial, from 0.</param>
/// <param name="Settings">The settings that the sweep varies, by name, such as <c>trustRegion.maxKl</c>.</param>
/// <param name="Options">The options of the training.</param>
public sealed record SweepTrial(int Index, IReadOnlyList<KeyValuePair<string, JsonElement>> Settings, TrpoOptions Options)
{
    /// <summary>Gets the name: <c>trial-1</c> for the first.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"trial-{Index + 1}");

    /// <summary>Returns the settings: <c>discount = 0.97, trustRegion.maxKl = 0.02</c>.</summary>
    public override string ToString() => string.Join(", ", Settings.Select(setting => $"{setting.Key} = {setting.Value.GetRawText()}"));
}
