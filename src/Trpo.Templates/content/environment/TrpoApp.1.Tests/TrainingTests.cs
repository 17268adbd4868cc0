using Microsoft.ML;
using Trpo.Estimators;

namespace TrpoApp._1.Tests;

public sealed class TrainingTests
{
    [Test]
    public void Policy_of_a_short_training_beats_the_rule()
    {
        var ml = new MLContext(seed: 1);
        var towers = ml.ReinforcementLearning.LoadFromEnvironment(WaterTowerEnvironment.Create);
        var model = PolicyTraining.Train(ml, towers, steps: 50_000, seed: 1);

        var evaluation = ml.ReinforcementLearning.Evaluate(model, towers, episodes: 50, seed: 1);

        Assert.That(evaluation.MeanReturn, Is.GreaterThan(PumpRule.MeanReturn(episodes: 50, seed: 1)));
    }
}
