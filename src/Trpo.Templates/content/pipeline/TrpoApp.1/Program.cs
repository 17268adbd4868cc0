using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx;
using TrpoApp._1;

const int Seed = 1;
const int Steps = 200_000;
const int Episodes = 100;
const string Folder = "artifacts";

Directory.CreateDirectory(Folder);
var ml = new MLContext(Seed);
var beds = ml.ReinforcementLearning.LoadFromEnvironment(GardenEnvironment.Create);
var model = PolicyTraining.Train(ml, beds, Steps, Seed, TrpoProgress.Console);
var evaluation = ml.ReinforcementLearning.Evaluate(model, beds, Episodes, Seed);
var rule = WateringRule.MeanReturn(Episodes, Seed);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Mean return of a season: {evaluation.MeanReturn:G4} by the policy, {rule:G4} by the rule, over the same {Episodes} episodes."));

// For .NET, the whole chain; for any language, a graph that takes the same columns and ends with the policy.
var (chain, graph) = (Path.Combine(Folder, "model.zip"), Path.Combine(Folder, "policy.onnx"));
PolicyModel.Save(ml, model, beds.Schema, chain);
PolicyModel.ExportToOnnx(PolicyModel.UntilPolicy(model), graph);
Console.WriteLine($"Wrote {chain}");
Console.WriteLine($"Wrote {graph}");

// An application has rows of its own, and of the packages Trpo.Onnx only.
Morning[] mornings =
[
    new() { Forecast = "sunny", Stage = 1, Moisture = 0.2f, Temperature = 28 },
    new() { Forecast = "rain", Stage = 1, Moisture = 0.2f, Temperature = 18 },
    new() { Forecast = "cloudy", Stage = 2, Moisture = 0.6f, Temperature = 22 },
];
foreach (var (morning, decision) in mornings.Zip(Decisions.Of(chain, mornings)))
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{morning.Forecast}, moisture {morning.Moisture}, {morning.Temperature} °C: {decision.Watering}, with a probability of {decision.Score.Max():G2}"));

return evaluation.MeanReturn > rule ? 0 : 1;
