using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Training;

/// <summary>How many steps the iterations make in each environment: all the same, but for one step.</summary>
/// <param name="FirstIteration">The iteration before the first of the schedule.</param>
/// <param name="FirstStep">The steps up to its end.</param>
/// <param name="LastIteration">The last iteration.</param>
/// <param name="LastStep">The steps up to its end.</param>
internal readonly record struct IterationSchedule(int FirstIteration, int FirstStep, int LastIteration, int LastStep)
{
    /// <summary>The schedule of a whole training.</summary>
    public static IterationSchedule Of(TrpoOptions options, int environments) => new IterationSchedule(0, 0, 0, 0).Until(options, environments, after: 0);

    /// <summary>The most steps that an iteration makes.</summary>
    public int Longest => (LastStep - FirstStep + LastIteration - FirstIteration - 1) / Math.Max(LastIteration - FirstIteration, 1);

    /// <summary>The steps up to the end of an iteration of the schedule.</summary>
    public int StepsUpTo(int iteration) =>
        iteration == FirstIteration ? FirstStep : FirstStep + (int)((LastStep - FirstStep) * (long)(iteration - FirstIteration) / (LastIteration - FirstIteration));

    /// <summary>The steps of an iteration.</summary>
    public int StepsOf(int iteration) => StepsUpTo(iteration) - StepsUpTo(iteration - 1);

    /// <summary>How much of the training is done before an iteration: 0 before the first, 1 before the last.</summary>
    public double Done(int iteration) => LastIteration <= 1 ? 0 : (iteration - 1.0) / (LastIteration - 1);

    /// <summary>The same up to an iteration, and behind it what the options ask for.</summary>
    public IterationSchedule Until(TrpoOptions options, int environments, int after)
    {
        var (start, end) = (StepsUpTo(after), StepsFor(options.TotalSteps, environments));
        if (end == LastStep)
            return this;
        if (end <= start)
            return new IterationSchedule(after, start, after, start);

        // From the beginning, TotalSteps itself is divided and not what it is rounded up to.
        var steps = after == 0 ? options.TotalSteps : (end - start) * (double)environments;
        var iterations = Math.Clamp((int)Math.Round(steps / options.StepsPerIteration), 1, end - start);
        return new IterationSchedule(after, start, after + iterations, end);
    }

    public void SaveState(BinaryWriter writer) => writer.WriteSpan<int>([FirstIteration, FirstStep, LastIteration, LastStep]);

    /// <exception cref="InvalidDataException">It is impossible.</exception>
    public static IterationSchedule Restore(BinaryReader reader)
    {
        Span<int> numbers = stackalloc int[4];
        reader.ReadSpan(numbers, "numbers of the schedule");
        var schedule = new IterationSchedule(numbers[0], numbers[1], numbers[2], numbers[3]);
        return schedule.FirstIteration >= 0 && schedule.FirstStep >= 0 && schedule.LastIteration >= schedule.FirstIteration && schedule.LastStep - schedule.FirstStep >= schedule.LastIteration - schedule.FirstIteration
            ? schedule
            : throw new InvalidDataException("The schedule of the iterations is impossible.");
    }

    /// <summary>The steps in each environment that make a number of steps over all, rounded up.</summary>
    private static int StepsFor(int totalSteps, int environments) => (int)(((long)totalSteps + environments - 1) / environments);
}
