using Microsoft.ML;
using Trpo.Estimators;

namespace TrpoApp._1.Tests;

public sealed class GardenEnvironmentTests
{
    [Test]
    public void Environment_keeps_its_contract()
    {
        var report = new MLContext(seed: 1).ReinforcementLearning.CheckEnvironment(GardenEnvironment.Create);

        Assert.That(report.Findings, Is.Empty);
    }
}
