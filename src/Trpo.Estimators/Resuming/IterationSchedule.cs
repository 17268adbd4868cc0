using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Resuming;

/// <summary>The number of steps of each environment in each iteration: equal up to one step.</summary>
/// <param name="IterationBefore">The iteration before the first of the schedule.</param>
/// <param name="StepBefore">The number of steps up to the end of <paramref name="IterationBefore"/>.</param>
/// <param name="LastIteration">The last iteration.</param>
/// <param name="LastStep">The number of steps up to the end of <paramref name="LastIteration"/>.</param>
internal readonly record struct IterationSchedule(int IterationBefore, int StepBefore, int LastIteration, int LastStep)
{
    /// <summary>Creates the schedule of a whole training.</summary>
    public static IterationSchedule Of(TrpoOptions options, int environments) => new IterationSchedule(0, 0, 0, 0).Extend(options, environments, after: 0);

    /// <summary>The largest number of steps of an iteration.</summary>
    public int MaxSteps => (int)(((long)LastStep - StepBefore + LastIteration - IterationBefore - 1) / Math.Max(LastIteration - IterationBefore, 1));

    /// <summary>Returns the number of steps up to the end of an iteration of the schedule.</summary>
    public int StepsUpTo(int iteration) =>
        iteration == IterationBefore ? StepBefore : StepBefore + (int)((LastStep - StepBefore) * (long)(iteration - IterationBefore) / (LastIteration - IterationBefore));

    /// <summary>Returns the number of steps of an iteration.</summary>
    public int StepsOf(int iteration) => StepsUpTo(iteration) - StepsUpTo(iteration - 1);

    /// <summary>Returns the share of the training that precedes an iteration: 0 for the first, 1 for the last.</summary>
    public double Fraction(int iteration) => LastIteration <= 1 ? 0 : (iteration - 1.0) / (LastIteration - 1);

    /// <summary>Returns the schedule that is equal up to an iteration and then continues to the options' number of steps.</summary>
    public IterationSchedule Extend(TrpoOptions options, int environments, int after)
    {
        var (start, end) = (StepsUpTo(after), StepsFor(options.TotalSteps, environments));
        if (end == LastStep)
            return this;
        if (end <= start)
            return new IterationSchedule(after, start, after, start);

        // From the beginning, TotalSteps itself is divided, not its multiple of the number of environments.
        var steps = after == 0 ? options.TotalSteps : (end - start) * (double)environments;
        var iterations = Math.Clamp((int)Math.Round(steps / options.StepsPerIteration), 1, end - start);
        return new IterationSchedule(after, start, after + iterations, end);
    }

    /// <summary>Writes the schedule.</summary>
    public void SaveState(BinaryWriter writer) => writer.WriteSpan<int>([IterationBefore, StepBefore, LastIteration, LastStep]);

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="InvalidDataException">The numbers contradict each other.</exception>
    public static IterationSchedule Restore(BinaryReader reader)
    {
        Span<int> numbers = stackalloc int[4];
        reader.ReadSpan(numbers, "numbers of the schedule");
        var schedule = new IterationSchedule(numbers[0], numbers[1], numbers[2], numbers[3]);
        return schedule.IsConsistent
            ? schedule
            : throw new InvalidDataException(FormattableString.Invariant($"The schedule of the iterations, {schedule}, contradicts itself."));
    }

    // Every iteration has a step at least.
    private bool IsConsistent => IterationBefore >= 0 && StepBefore >= IterationBefore && LastIteration >= IterationBefore && (long)LastStep - StepBefore >= LastIteration - IterationBefore
        && (IterationBefore > 0 || StepBefore == 0) && (LastIteration > IterationBefore || LastStep == StepBefore);

    // Rounded up.
    private static int StepsFor(int totalSteps, int environments) => (int)(((long)totalSteps + environments - 1) / environments);
}
