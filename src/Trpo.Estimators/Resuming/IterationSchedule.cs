using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Resuming;

/// <summary>The number of steps of each environment in each iteration: equal up to one step, or growing geometrically.</summary>
/// <param name="IterationBefore">The iteration before the first of the schedule.</param>
/// <param name="StepBefore">The number of steps up to the end of <paramref name="IterationBefore"/>.</param>
/// <param name="LastIteration">The last iteration.</param>
/// <param name="LastStep">The number of steps up to the end of <paramref name="LastIteration"/>.</param>
/// <param name="Growth">The ratio of the last iteration's length to that of the first, at least 1; 1 for equal lengths.</param>
internal readonly record struct IterationSchedule(int IterationBefore, int StepBefore, int LastIteration, int LastStep, double Growth = 1)
{
    // Ratios of lengths are ratios of options.
    private const double MaxGrowth = 1e7;

    // Far below one step and far above the rounding errors of a count: libraries of mathematics that round differently give the same schedule.
    private const double Tolerance = 1e-5;

    private int Iterations => LastIteration - IterationBefore;

    private int Steps => LastStep - StepBefore;

    /// <summary>Creates the schedule of a whole training.</summary>
    public static IterationSchedule Of(TrpoOptions options, int environments) => new IterationSchedule(0, 0, 0, 0).Extend(options, environments, after: 0);

    /// <summary>The largest number of steps of an iteration, or one more.</summary>
    public int MaxSteps => Growth > 1 && Iterations > 1
        ? (int)Math.Ceiling(Steps * (1 - Share(Iterations - 1)))
        : (int)(((long)Steps + Iterations - 1) / Math.Max(Iterations, 1));

    /// <summary>Returns the number of steps up to the end of an iteration of the schedule.</summary>
    public int StepsUpTo(int iteration)
    {
        var index = iteration - IterationBefore;
        if (index == 0)
            return StepBefore;
        if (index == Iterations || Growth == 1)
            return StepBefore + (int)(Steps * (long)index / Iterations);

        // Every iteration has a step, also where the first ones would be shorter.
        return StepBefore + Math.Max((int)((Steps * Share(index)) + Tolerance), index);
    }

    /// <summary>Returns the number of steps of an iteration.</summary>
    public int StepsOf(int iteration) => StepsUpTo(iteration) - StepsUpTo(iteration - 1);

    /// <summary>Returns the share of the training that precedes an iteration: 0 for the first, 1 for the last.</summary>
    public double Fraction(int iteration) => LastIteration <= 1 ? 0 : (iteration - 1.0) / (LastIteration - 1);

    /// <summary>
    /// Returns the schedule that is equal up to an iteration and then continues to the options' number of steps. Where iterations grow, the next one is as long as at the
    /// same step of a training that had this number of steps from the beginning.
    /// </summary>
    public IterationSchedule Extend(TrpoOptions options, int environments, int after)
    {
        var (start, end) = (StepsUpTo(after), StepsFor(options.TotalSteps, environments));
        if (end == LastStep)
            return this;
        if (end <= start)
            return new IterationSchedule(after, start, after, start);

        // From the beginning, TotalSteps itself is divided, not its multiple of the number of environments.
        var steps = after == 0 ? options.TotalSteps : (end - start) * (double)environments;

        // Lengths that grow geometrically over the iterations grow linearly over the steps. None is shorter than a step of each environment.
        double shortest = Math.Max(options.StepsPerIteration, environments), last = Math.Max(options.MaxStepsPerIteration, environments);
        var first = shortest + ((last - shortest) * start / end);
        var growth = last / first;
        if (growth == 1)
            return new IterationSchedule(after, start, after + Math.Clamp((int)Math.Round(steps / options.StepsPerIteration), 1, end - start), end);

        // The logarithmic mean is that of many lengths.
        var iterations = Math.Clamp((int)Math.Round(steps / ((last - first) / Math.Log(growth))), 1, Math.Max((end - start) / 2, 1));
        return new IterationSchedule(after, start, after + iterations, end, growth);
    }

    /// <summary>Writes the schedule.</summary>
    public void SaveState(BinaryWriter writer)
    {
        writer.WriteSpan<int>([IterationBefore, StepBefore, LastIteration, LastStep]);
        writer.Write(Growth);
    }

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="InvalidDataException">The numbers contradict each other.</exception>
    public static IterationSchedule Restore(BinaryReader reader)
    {
        Span<int> numbers = stackalloc int[4];
        reader.ReadSpan(numbers, "numbers of the schedule");
        var schedule = new IterationSchedule(numbers[0], numbers[1], numbers[2], numbers[3], reader.ReadDouble());
        return schedule.IsConsistent
            ? schedule
            : throw new InvalidDataException(FormattableString.Invariant($"The schedule of the iterations, {schedule}, contradicts itself."));
    }

    // Every iteration has a step at least; of those that grow, two on average.
    private bool IsConsistent => IterationBefore >= 0 && StepBefore >= IterationBefore && LastIteration >= IterationBefore && (long)LastStep - StepBefore >= LastIteration - IterationBefore
        && (IterationBefore > 0 || StepBefore == 0) && (LastIteration > IterationBefore || LastStep == StepBefore)
        && (Growth == 1 || (Growth is > 1 and <= MaxGrowth && (Iterations <= 1 || Steps / 2 >= Iterations)));

    // The share of the steps in the first iterations of the schedule: a geometric series, (q^index - 1) / (q^iterations - 1) with the ratio q of neighbours.
    private double Share(int index)
    {
        var ratio = Math.Log(Growth) / (Iterations - 1);
        return ExpMinus1(index * ratio) / ExpMinus1(Iterations * ratio);
    }

    // Without the cancellation near 0 (Kahan).
    private static double ExpMinus1(double value) => Math.Exp(value) is var power && power == 1 ? value : (power - 1) * value / Math.Log(power);

    // Rounded up.
    private static int StepsFor(int totalSteps, int environments) => (int)(((long)totalSteps + environments - 1) / environments);
}
