using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.NativeLibraries;

namespace Trpo.Benchmarks.Ratios;

/// <summary>A new process that measures a part of its own start: the verb <c>startup-probe</c>, which <see cref="StartupRatios"/> starts.</summary>
internal static class StartupProbe
{
    public const string Verb = "startup-probe";
    public const string Empty = "empty";
    public const string Torch = "torch";
    public const string Training = "training";

    /// <summary>Prints the milliseconds that the part took, on one line, separated by blanks.</summary>
    /// <param name="part">The part to measure.</param>
    /// <param name="start">The timestamp of <see cref="Stopwatch"/> before the process was started: its clock is the same in all processes.</param>
    /// <returns>0, or 2 if there is no such part.</returns>
    public static int Execute(string part, long start)
    {
        switch (part)
        {
            case Empty:
                break;
            case Torch:
                LoadTorch();
                break;
            case Training:
                return Print(FirstReport(start), FirstReport(Stopwatch.GetTimestamp()));
            default:
                Console.Error.WriteLine($"There is no part '{part}'.");
                return 2;
        }

        return Print(Since(start));
    }

    // Not inlined, as is training: the other parts load none of the assemblies that it needs.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoadTorch() => TorchRuntime.EnsureLoaded();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double FirstReport(long start)
    {
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        var first = new First(start);
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 2_048, Progress = first }).Fit(cartPole).Dispose();
        return first.Elapsed;
    }

    private static double Since(long start) => Stopwatch.GetElapsedTime(start).TotalMilliseconds;

    private static int Print(params ReadOnlySpan<double> milliseconds)
    {
        foreach (var time in milliseconds)
            Console.Write(FormattableString.Invariant($"{time:F2} "));
        Console.WriteLine();
        return 0;
    }

    private sealed class First(long start) : IProgress<TrpoIteration>
    {
        public double Elapsed { get; private set; }

        public void Report(TrpoIteration value)
        {
            if (value.Iteration == 1)
                Elapsed = Since(start);
        }
    }
}
