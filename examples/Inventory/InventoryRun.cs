using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Onnx;

namespace Trpo.Examples.Inventory;

/// <summary>The example: trains on typed rows, compares with tuned rules, saves, loads again and decides on plain rows.</summary>
internal static class InventoryRun
{
    private const int Episodes = 200;

    /// <summary>The exit code of a program that was interrupted.</summary>
    public const int Interrupted = 130;

    /// <returns>0 if the policy earns more than the best rule and decides the same on single rows and on batches, 130 if the training was interrupted, otherwise 1.</returns>
    public static int Execute(InventorySettings settings, CancellationToken cancellation)
    {
        // Fails before the training if the folder cannot be written.
        settings.Folder.Create();
        if (!settings.Resume && settings.Checkpoints.Exists)
            settings.Checkpoints.Delete(recursive: true);
        var ml = new MLContext(settings.Seed);
        var shop = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days), cancellation: cancellation);

        var display = new TrainingDisplay();
        var options = new TrpoOptions
        {
            TotalSteps = settings.Steps,
            StepsPerIteration = 2_048,
            Discount = 0.97,
            Seed = settings.Seed,
            Progress = display,
            Checkpoints = new() { Folder = settings.Checkpoints.FullName, Resume = settings.Resume },
            Cancellation = cancellation,
        };
        var pipeline = ml.Transforms.Categorical.OneHotEncoding([new("Weekday"), new("Season")])
            .Append(ml.Transforms.Concatenate("Observation", "Weekday", "Season", "Stock", "Arriving", "Demand"))
            .Append(ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false))
            .Append(ml.ReinforcementLearning.Trainers.Trpo(shop, options))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Order", "Action"));
        ITransformer model = pipeline.Fit(shop);
        if (cancellation.IsCancellationRequested)
        {
            Print($"Interrupted after {display.Last?.Steps ?? 0:N0} of {settings.Steps:N0} days; the checkpoint is kept. The same command with --resume continues.");
            return Interrupted;
        }

        if (display.Last is { } last)
            Print($"Trained for {last.Steps:N0} days in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s).");
        else
            Print($"The training was already finished.");

        var evaluation = ml.ReinforcementLearning.Evaluate(model, shop, Episodes, settings.Seed, cancellation: cancellation);
        (string Levels, double Return)[] rules =
        [
            ("one level", ReorderRule.BestReturn(1, (_, _) => 0, Episodes, settings.Seed)),
            ("a level for each weekday", ReorderRule.BestReturn(7, (weekday, _) => weekday, Episodes, settings.Seed)),
            ("a level for each weekday and season", ReorderRule.BestReturn(14, (weekday, season) => (7 * season) + weekday, Episodes, settings.Seed)),
        ];
        Print($"Profit in {InventoryEnvironment.Days} days, in tens of euros, over the same {Episodes} episodes:");
        Print($"  {evaluation.MeanReturn,5:F1}  the policy");
        foreach (var rule in rules)
            Print($"  {rule.Return,5:F1}  a reorder rule with {rule.Levels}, tuned on these episodes");

        var zip = Path.Combine(settings.Folder.FullName, "inventory.zip");
        var onnx = Path.Combine(settings.Folder.FullName, "inventory.onnx");
        var csv = Path.Combine(settings.Folder.FullName, "orders.csv");
        PolicyModel.Save(ml, model, shop.Schema, zip);
        PolicyModel.ExportToOnnx(PolicyModel.UntilPolicy(model), onnx);
        Print($"Loaded again, on rows of plain data:");
        var isSame = Orders.Decide(zip, csv);
        Print($"Wrote {zip}");
        Print($"Wrote {onnx}, which takes the same columns in any language");
        Print($"Wrote {csv}");

        var earns = evaluation.MeanReturn > rules.Max(rule => rule.Return);
        if (!earns)
            Console.Error.WriteLine("A rule earns more than the policy: train for more steps.");
        if (!isSame)
            Console.Error.WriteLine("The policy decides differently on single rows and on batches.");
        return earns && isSame ? 0 : 1;
    }

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
