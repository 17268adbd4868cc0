using Trpo.Estimators.Environments;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Telemetry;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The evaluations of a training (<see cref="TrpoOptions.Evaluation"/>): when they are made, the end that they may bring, and the policy that is kept.</summary>
/// <param name="options">The options.</param>
/// <param name="history">The evaluations so far.</param>
/// <param name="progress">The position of the training.</param>
/// <param name="play">Plays episodes of a seed with the present policy, and returns their returns.</param>
/// <param name="messages">The receivers of reports.</param>
/// <param name="cancellation">Ends an evaluation between two steps.</param>
internal sealed class PeriodicEvaluation(EvaluationOptions options, EvaluationHistory history, TrainingProgress progress, Func<int, IReadOnlyList<double>> play, TrainingMessages messages, CancellationToken cancellation)
{
    // The streams of the policy, the value function and the rollouts come before that of the evaluations.
    private const int StreamsBefore = 3;

    /// <summary>True if so many evaluations brought nothing better that training ends.</summary>
    public bool IsExhausted => history.WithoutImprovement >= options.Patience;

    /// <summary>True if the last evaluation was stopped by a cancellation; it is made when training resumes.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>Determines whether an evaluation is to be made, or was stopped by a cancellation before training resumed.</summary>
    /// <param name="isLast">True if training ends here.</param>
    public bool IsDue(bool isLast) => !progress.IsBegun && history.IsDue(progress.Steps, options.Every, isLast);

    /// <summary>Lets evaluations begin again from the present step, after a rollback.</summary>
    public void Align() => history.Align(progress.Steps);

    /// <summary>Says that training has ended because of <see cref="EvaluationOptions.Patience"/>, if it has.</summary>
    public void InformIfExhausted()
    {
        if (IsExhausted)
            messages.Inform(FormattableString.Invariant($"Training ends after {progress.Steps:N0} steps: {history.WithoutImprovement} evaluations brought no better mean return than {history.BestReturn:G6} at step {history.BestSteps:N0}. A larger {nameof(TrpoOptions.Evaluation)}.{nameof(EvaluationOptions.Patience)} continues it."));
    }

    /// <summary>Evaluates the policy, if it is time to.</summary>
    /// <param name="isLast">True if training ends here.</param>
    /// <returns>The evaluation; null if it is not due, or was stopped by a cancellation.</returns>
    /// <exception cref="EnvironmentException">An environment failed.</exception>
    public TrpoEvaluation? RunIfDue(bool isLast)
    {
        if (!IsDue(isLast))
            return null;
        using var activity = messages.Telemetry.Evaluation();
        var seed = Seed;
        if (TryPlay(seed) is not { } returns)
        {
            WasCancelled = true;
            return null;
        }

        var isBest = history.Add(progress.Steps, returns.Average());
        if (!isLast)
            InformIfExhausted();
        return new TrpoEvaluation(progress.Steps, seed, returns, isBest);
    }

    /// <summary>Makes the policy the best of all evaluations, where that is asked for, and evaluates it once more over episodes of other seeds.</summary>
    /// <param name="isComplete">True if training came to its end; after a cancellation there is no other evaluation.</param>
    /// <returns>The environment steps of the policy, and its evaluation, null if there was none; null if no policy is kept.</returns>
    public (int Steps, TrpoEvaluation? Evaluation)? KeepBest(bool isComplete)
    {
        if (!history.HasBest)
            return null;
        history.RestoreBest();
        var seed = new RandomSource((ulong)Seed).Split().NextSeed();
        var best = FormattableString.Invariant($"The best policy of the evaluations is that after {history.BestSteps:N0} of {progress.Steps:N0} steps, with a mean return of {history.BestReturn:G6}");
        IReadOnlyList<double>? returns = null;
        var failure = "because of the cancellation";
        try
        {
            returns = isComplete ? TryPlay(seed) : null;
        }
        catch (EnvironmentException exception)
        {
            // The training is complete, and its policy is worth more than this number.
            failure = $"because an environment failed ({exception.Message})";
        }

        if (returns is null)
        {
            messages.Warn($"{best}; {failure}, it was not evaluated over other episodes.");
            return (history.BestSteps, null);
        }

        var evaluation = new TrpoEvaluation(history.BestSteps, seed, returns, IsBest: true);
        messages.Inform(FormattableString.Invariant($"{best}; over {returns.Count} other episodes it has {evaluation.MeanReturn:G6}, which is what to expect of it."));
        return (history.BestSteps, evaluation);
    }

    private int Seed
    {
        get
        {
            if (options.Seed is { } given)
                return given;
            var random = new RandomSource((ulong)progress.Seed);
            for (var stream = 0; stream < StreamsBefore; stream++)
                random.Split();
            return random.Split().NextSeed();
        }
    }

    private IReadOnlyList<double>? TryPlay(int seed)
    {
        try
        {
            return play(seed);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (EnvironmentException exception)
        {
            // Not a failure that another rollout could avoid.
            throw new EnvironmentException(FormattableString.Invariant($"The evaluation after {progress.Steps:N0} steps failed ({nameof(TrpoOptions)}.{nameof(TrpoOptions.Evaluation)}): {exception.Message}"), exception);
        }
    }
}
