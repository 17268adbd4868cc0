using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Randomness;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>What a checkpoint keeps of a simulator: some numbers, the steps of the episode, and its generator of random numbers.</summary>
internal static class SimulatorState
{
    public static void Save(BinaryWriter writer, RandomSource random, int steps, params ReadOnlySpan<double> numbers)
    {
        random.SaveState(writer);
        writer.Write(steps);
        writer.WriteSpan(numbers);
    }

    /// <returns>The steps and the numbers.</returns>
    /// <exception cref="InvalidDataException">They are not those of a simulator with so many numbers.</exception>
    public static (int Steps, double[] Numbers) Restore(BinaryReader reader, RandomSource random, int count)
    {
        random.RestoreState(reader);
        var steps = reader.ReadInt32(0, int.MaxValue, "The number of steps");
        var numbers = new double[count];
        reader.ReadSpan<double>(numbers, "numbers of the simulator");
        StateSpans.RequireFinite(numbers, "numbers of the simulator");
        return (steps, numbers);
    }
}
