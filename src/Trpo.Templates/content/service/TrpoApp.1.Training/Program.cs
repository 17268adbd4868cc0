using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using TrpoApp._1.Training;

const int Seed = 1;
const int Steps = 200_000;
const int Episodes = 100;

if (args is not [var path])
{
    Console.Error.WriteLine("The argument is the path of the policy to write, such as TrpoApp.1/policy.onnx.");
    return 2;
}

var ml = new MLContext(Seed);
var check = ml.ReinforcementLearning.CheckEnvironment(ScalingEnvironment.Create);
Console.WriteLine(check);
check.ThrowIfFailed();

var services = ml.ReinforcementLearning.LoadFromEnvironment(ScalingEnvironment.Create);
var model = PolicyTraining.Train(ml, services, Steps, Seed);
var evaluation = ml.ReinforcementLearning.Evaluate(model, services, Episodes, Seed);
var rule = ScalingRule.MeanReturn(Episodes, Seed);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Mean return of four hours: {evaluation.MeanReturn:G4} by the policy, {rule:G4} by the rule, over the same {Episodes} episodes."));

// A service that serves the file is not given a policy that is worse than the rule.
if (evaluation.MeanReturn <= rule)
    return 1;
ml.ReinforcementLearning.ExportToOnnx(model, path);
Console.WriteLine($"Wrote {path}");
return 0;
