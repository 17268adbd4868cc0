using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

public sealed class UpdateAllocationTests
{
    [Test]
    public void An_iteration_allocates_no_vector_of_the_parameters()
    {
        // 2 x 67,000 parameters: one vector of each network has 0.5 MB.
        var allocated = new List<long>();
        var ml = new MLContext(1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        var options = new TrpoOptions { TotalSteps = 2_560, StepsPerIteration = 256, FinalStepsPerIteration = 256, HiddenLayers = [256, 256], Threads = 1, Progress = new Listener(_ => allocated.Add(GC.GetAllocatedBytesForCurrentThread())) };
        ml.ReinforcementLearning.Trainers.Trpo(environment, options).Fit(environment).Dispose();

        var perIteration = allocated.Zip(allocated.Skip(1), (before, after) => after - before).Skip(2);
        Assert.That(perIteration, Is.All.LessThan(250_000));
    }
}
