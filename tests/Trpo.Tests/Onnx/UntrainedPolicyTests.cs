using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class UntrainedPolicyTests
{
    [Test]
    public void The_documented_trial_writes_a_model_and_a_graph_that_can_be_read()
    {
        using var folder = new TemporaryFolder();
        var (modelPath, graphPath) = (folder.PathOf("model.zip"), folder.PathOf("policy.onnx"));
        var ml = new MLContext(seed: 1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 50);
        var preprocessing = ml.Transforms.NormalizeMeanVariance("Observation");
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(environment, new() { HiddenLayers = [4] });

        var transforms = preprocessing.Fit(environment);
        using var untrained = trainer.CreateUntrained(transforms.GetOutputSchema(environment.Schema));
        var model = transforms.Append(untrained);
        PolicyModel.Save(ml, model, environment.Schema, modelPath);
        ml.ReinforcementLearning.ExportToOnnx(model, graphPath);

        Assert.That(() => PolicyModel.Load(ml, modelPath, out _), Throws.Nothing);
        Assert.That(() => PolicySession.Open(graphPath).Dispose(), Throws.Nothing);
    }
}
