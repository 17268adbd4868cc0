using System.Globalization;
using Microsoft.ML;
using Trpo.Onnx;

namespace Trpo.Examples.Inventory;

/// <summary>An application of the saved model: it has its own rows, and neither the environment nor the trainer.</summary>
internal static class Orders
{
    /// <summary>The rows of four shops, or of one shop on four mornings.</summary>
    private static readonly InventoryRow[] Rows =
    [
        new() { Weekday = "Thu", Season = 1, Stock = 12, Arriving = 0, Demand = [6, 5, 5, 1, 21, 18, 8] },
        new() { Weekday = "Fri", Season = 0, Stock = 30, Arriving = 20, Demand = [4, 4, 2, 0, 12, 9, 5] },
        new() { Weekday = "Sat", Season = 0, Stock = 40, Arriving = 0, Demand = [9, 5, 3, 3, 1, 12, 8] },
        new() { Weekday = "Sun", Season = 1, Stock = 3, Arriving = 0, Demand = [25, 19, 11, 8, 6, 6, 2] },
    ];

    /// <summary>Decides for every row, one at a time and in a batch, and writes the orders to a file of comma-separated values.</summary>
    /// <returns>True if both ways decide the same.</returns>
    public static bool Decide(string modelPath, string ordersPath)
    {
        // A separate context, as another process would have.
        var ml = new MLContext();
        var model = PolicyModel.Load(ml, modelPath, out _);

        // One row at a time:
        using var engine = ml.Model.CreatePredictionEngine<InventoryRow, InventoryDecision>(model);
        string[] single = [.. Rows.Select(row => engine.Predict(row).Order)];

        // Any number of rows, lazily and in batches:
        var scored = model.Transform(ml.Data.LoadFromEnumerable(Rows));
        InventoryDecision[] batch = [.. ml.Data.CreateEnumerable<InventoryDecision>(scored, reuseRowObject: false)];

        List<string> lines = ["weekday,season,stock,arriving,order,probability"];
        foreach (var (row, decision) in Rows.Zip(batch))
        {
            var season = row.Season == 0 ? "low" : "high";
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Weekday},{season},{row.Stock},{row.Arriving},{decision.Order},{decision.Score.Max():F3}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row.Weekday}, {season} season, {row.Stock} in stock, {row.Arriving} arriving: order {decision.Order} ({decision.Score.Max():P0})"));
        }

        var temporary = ordersPath + ".tmp";
        File.WriteAllLines(temporary, lines);
        File.Move(temporary, ordersPath, overwrite: true);
        return single.SequenceEqual(batch.Select(decision => decision.Order));
    }
}
