using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

public sealed class ExportCheckTests
{
    [Test]
    public void A_policy_that_could_not_be_loaded_is_refused_before_training()
    {
        var ml = new MLContext(seed: 1);
        var actions = ActionSpace.MultiDiscrete(Enumerable.Repeat(2, 21_000).ToArray());
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(actions), count: 1);
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(environment, new() { HiddenLayers = [1], TotalSteps = 10 });

        Assert.That(() => trainer.Fit(environment), Throws.InvalidOperationException.With.Message.Contains("could not be loaded again").And.Message.Contains("parts"));
    }
}
