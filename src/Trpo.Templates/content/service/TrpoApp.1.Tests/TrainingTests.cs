using Microsoft.ML;
using Trpo.Estimators;
using TrpoApp._1.Training;

namespace TrpoApp._1.Tests;

public sealed class TrainingTests
{
    [Test]
    public void Policy_of_a_short_training_beats_the_rule()
    {
        var ml = new MLContext(seed: 1);
        var services = ml.ReinforcementLearning.LoadFromEnvironment(ScalingEnvironment.Create);
        var model = PolicyTraining.Train(ml, services, steps: 50_000, seed: 1);

        var evaluation = ml.ReinforcementLearning.Evaluate(model, services, episodes: 50, seed: 1);

        Assert.That(evaluation.MeanReturn, Is.GreaterThan(ScalingRule.MeanReturn(episodes: 50, seed: 1)));
    }
}
