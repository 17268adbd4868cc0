using System.Globalization;
using System.Text.Json;
using Microsoft.ML;
using Trpo.Examples.Inventory;

namespace Trpo.Deployment;

/// <summary>
/// Trpo.Deployment inventory &lt;model.zip&gt; &lt;rows.json&gt;: decides on rows of text, keys and numbers, all at once and one at a time, and prints
/// "&lt;order&gt;|&lt;order of the row alone&gt;|&lt;score&gt; &lt;score&gt; ..." for each.
/// </summary>
internal static class InventoryRows
{
    public const string Mode = "inventory";

    public static int Score(string modelPath, string rowsPath)
    {
        var ml = new MLContext();
        var model = ml.Model.Load(modelPath, out _);
        var rows = JsonSerializer.Deserialize<InventoryRow[]>(File.ReadAllText(rowsPath))!;
        using var engine = ml.Model.CreatePredictionEngine<InventoryRow, InventoryDecision>(model);
        var decisions = ml.Data.CreateEnumerable<InventoryDecision>(model.Transform(ml.Data.LoadFromEnumerable(rows)), reuseRowObject: false);
        foreach (var (row, decision) in rows.Zip(decisions))
        {
            var scores = decision.Score.Select(score => score.ToString("R", CultureInfo.InvariantCulture));
            Console.WriteLine($"{decision.Order}|{engine.Predict(row).Order}|{string.Join(' ', scores)}");
        }

        return 0;
    }
}
