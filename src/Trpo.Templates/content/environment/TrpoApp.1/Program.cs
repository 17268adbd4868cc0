using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Reports;
using Trpo.Reports.Descriptions;
using TrpoApp._1;

const int Seed = 1;
const int Steps = 200_000;
const int Episodes = 100;
const string Folder = "artifacts";

// A fault of the environment would otherwise show as a policy that does not learn.
var ml = new MLContext(Seed);
var check = ml.ReinforcementLearning.CheckEnvironment(WaterTowerEnvironment.Create);
Console.WriteLine(check);
check.ThrowIfFailed();

Directory.CreateDirectory(Folder);
var towers = ml.ReinforcementLearning.LoadFromEnvironment(WaterTowerEnvironment.Create);
ITransformer model;
using (var recorder = new RunRecorder(Folder, RunDescription.Create("Water tower", towers.Count, PolicyTraining.Options(Steps, Seed))))
    model = PolicyTraining.Train(ml, towers, Steps, Seed, TrpoProgress.Combine(recorder, TrpoProgress.Console));

var evaluation = ml.ReinforcementLearning.Evaluate(model, towers, Episodes, Seed);
var rule = PumpRule.MeanReturn(Episodes, Seed);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Mean return of two days: {evaluation.MeanReturn:G4} by the policy, {rule:G4} by the rule, over the same {Episodes} episodes."));

var graph = Path.Combine(Folder, "policy.onnx");
ml.ReinforcementLearning.ExportToOnnx(model, graph);
Console.WriteLine($"Wrote {graph}");
Console.WriteLine($"Wrote {RunReport.Save(Folder)[0]}");

// The deployed part: it needs the file, and of the packages Trpo.Onnx only.
using var policy = PolicySession.Open(graph);
var observation = new float[4];
WaterTowerEnvironment.Observe(level: 0.5, hour: 5, observation);
Console.WriteLine($"At 5 o'clock, with the tower half full, the pump is {policy.Metadata.Actions.Names[policy.Act(observation)]}.");

return evaluation.MeanReturn > rule ? 0 : 1;
