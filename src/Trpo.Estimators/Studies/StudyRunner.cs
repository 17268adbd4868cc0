namespace Trpo.Estimators.Studies;

/// <summary>The runs of a study, side by side: each on a thread of its own, as many at once as there are processors. A run that fails does not end the others.</summary>
public static class StudyRunner
{
    /// <summary>Runs the jobs of a study, in their order.</summary>
    /// <typeparam name="TJob">The type of a job, such as a seed.</typeparam>
    /// <typeparam name="TResult">The type of a result.</typeparam>
    /// <param name="jobs">The jobs.</param>
    /// <param name="run">Runs a job, on a thread of its own. Trainings that run side by side are fastest with <see cref="TrpoOptions.Threads"/> of 1; their results do not depend on it. Each needs an MLContext and environments of its own.</param>
    /// <param name="parallel">The number of jobs that run at once, at least 1; null, the default, means the number of processors.</param>
    /// <param name="cancellation">Keeps further jobs from beginning. Jobs that run receive it.</param>
    /// <returns>The outcome of each job, in the order of the jobs.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="parallel"/> is less than 1.</exception>
    public static IReadOnlyList<StudyOutcome<TResult>> Run<TJob, TResult>(IReadOnlyList<TJob> jobs, Func<TJob, CancellationToken, TResult> run, int? parallel = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        ArgumentNullException.ThrowIfNull(run);
        var count = parallel ?? Environment.ProcessorCount;
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1, nameof(parallel));
        var outcomes = new StudyOutcome<TResult>[jobs.Count];
        var next = -1;
        Thread[] threads = [.. Enumerable.Range(0, Math.Min(count, jobs.Count)).Select(_ => new Thread(Work) { Name = "Trpo study", IsBackground = true })];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        return outcomes;

        void Work()
        {
            for (var index = Interlocked.Increment(ref next); index < outcomes.Length; index = Interlocked.Increment(ref next))
                outcomes[index] = Outcome(jobs[index]);
        }

        StudyOutcome<TResult> Outcome(TJob job)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                return new StudyOutcome<TResult>(run(job, cancellation), null);
            }
            catch (Exception exception)
            {
                // The failure is the outcome: other jobs go on.
                return new StudyOutcome<TResult>(default, exception);
            }
        }
    }
}
