using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.LongRuns;

/// <summary>A training with the defaults in a new process, and a list of the libraries that it loads.</summary>
internal static class StartOfTraining
{
    public static void Print()
    {
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 2_048, Seed = 1 }).Fit(cartPole).Dispose();
        foreach (ProcessModule module in Process.GetCurrentProcess().Modules)
            Console.WriteLine($"native {module.ModuleName}");
        foreach (var assembly in AppDomain.CurrentDomain.GetAssemblies())
            Console.WriteLine($"managed {assembly.GetName().Name}");
        UseTorch();
    }

    // Without a word to TorchRuntime.
    private static void UseTorch()
    {
        using var ones = TorchSharp.torch.ones(3);
        using var sum = ones.sum();
        Console.WriteLine($"sum {sum.item<float>()}");
    }
}
