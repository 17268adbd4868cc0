using Trpo.Estimators.Checkpoints;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Environments.ClassicControl;

/// <summary>The state of a simulator in a checkpoint: its numbers, the step count of the episode, and its random generator.</summary>
internal static class SimulatorState
{
    /// <summary>Writes the state of a simulator.</summary>
    public static void Save(BinaryWriter writer, RandomSource random, int steps, params ReadOnlySpan<double> numbers)
    {
        random.SaveState(writer);
        writer.Write(steps);
        writer.WriteSpan(numbers);
    }

    /// <summary>Restores the generator, and returns the step count and the numbers.</summary>
    /// <param name="reader">The state that <see cref="Save"/> wrote.</param>
    /// <param name="random">The generator to restore.</param>
    /// <param name="maxSteps">The number of steps of the longest episode.</param>
    /// <param name="bounds">The largest absolute value of each of the numbers.</param>
    /// <exception cref="InvalidDataException">The state has another number of numbers, or one that no episode reaches.</exception>
    public static (int Steps, double[] Numbers) Restore(BinaryReader reader, RandomSource random, int maxSteps, params ReadOnlySpan<double> bounds)
    {
        random.RestoreState(reader);
        var steps = reader.ReadInt32(0, maxSteps, "The number of steps of the episode");
        var numbers = new double[bounds.Length];
        reader.ReadSpan<double>(numbers, "numbers of the simulator");
        for (var i = 0; i < numbers.Length; i++)
            StateSpans.RequireWithin(numbers.AsSpan(i, 1), -bounds[i], bounds[i], "numbers of the simulator");
        return (steps, numbers);
    }
}
