using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

// An application without the package TorchSharp-cpu: it prints the message with which training fails.
var ml = new MLContext(seed: 1);
var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
try
{
    ml.ReinforcementLearning.Trainers.Trpo(cartPole).Fit(cartPole);
    return 1;
}
catch (DllNotFoundException exception)
{
    Console.WriteLine(exception.Message);
    return 0;
}
