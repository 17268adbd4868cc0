using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace TrpoApp._1.Tests;

public sealed class WaterTowerEnvironmentTests
{
    [Test]
    public void Environment_keeps_its_contract()
    {
        var report = new MLContext(seed: 1).ReinforcementLearning.CheckEnvironment(WaterTowerEnvironment.Create);

        Assert.That(report.Findings, Is.Empty);
    }

    [Test]
    public void Town_without_a_pump_runs_dry()
    {
        var tower = new WaterTowerEnvironment();
        var observation = new float[tower.ObservationSpace.Length];
        tower.Reset(seed: 1, observation);
        var result = default(StepResult);
        for (var step = 0; step < 48; step++)
            result = tower.Step(new EnvironmentAction([0]), observation);

        Assert.That(observation[0], Is.Zero);
        Assert.That(result.Reward, Is.Negative);
    }
}
