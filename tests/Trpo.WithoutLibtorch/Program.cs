using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;

// An application without the package TorchSharp-cpu: it trains in managed code, where the processor has the vectors for it, and prints the message with which training in
// TorchSharp fails.
foreach (var engine in new[] { TrainingEngine.Automatic, TrainingEngine.TorchSharp })
{
    var ml = new MLContext(seed: 1);
    var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
    try
    {
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 2_048, Engine = engine }).Fit(cartPole);
        Console.WriteLine($"Trained for {policy.Metadata.Provenance["steps"]} steps.");
    }
    catch (DllNotFoundException exception)
    {
        Console.WriteLine(exception.Message);
    }
}
