using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Telemetry;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Training;

/// <summary>The evaluations of a training (<see cref="TrpoOptions.Evaluation"/>): when they are made, the end that they may bring, and the policy that is kept.</summary>
/// <param name="options">The options.</param>
/// <param name="policy">The policy.</param>
/// <param name="history">The evaluations so far.</param>
/// <param name="progress">The position of the training.</param>
/// <param name="play">Plays episodes of a seed with the present policy, and returns their returns.</param>
/// <param name="messages">The receivers of reports.</param>
/// <param name="cancellation">Ends an evaluation between two steps.</param>
internal sealed class PeriodicEvaluation(EvaluationOptions options, StochasticPolicy policy, EvaluationHistory history, TrainingProgress progress, Func<int, IReadOnlyList<double>> play, TrainingMessages messages, CancellationToken cancellation)
{
    // The streams of the policy, the value function and the rollouts come before that of the evaluations.
    private const int StreamsBefore = 3;

    /// <summary>True if so many evaluations brought nothing better that training ends.</summary>
    public bool IsExhausted => history.WithoutImprovement >= options.Patience;

    /// <summary>True if the last evaluation was stopped by a cancellation; it is made when training resumes.</summary>
    public bool WasCancelled { get; private set; }

    /// <summary>True if an evaluation was made that was due before training stopped.</summary>
    public bool WasLate { get; private set; }

    /// <summary>True if a policy is kept.</summary>
    public bool HasBest => history.HasBest;

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
    /// <returns>The evaluation; null if it is not due, was stopped by a cancellation, or the parameters of the policy are not valid, which the next iteration finds out.</returns>
    /// <exception cref="EnvironmentException">An environment failed.</exception>
    public TrpoEvaluation? RunIfDue(bool isLast)
    {
        if (!IsDue(isLast) || !policy.HasValidParameters)
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

    /// <summary>Keeps an iteration that is reported without the evaluation that was due, so that it is reported again with it when training resumes.</summary>
    /// <param name="iteration">The iteration; null for one that lacks none.</param>
    public void Postpone(TrpoIteration? iteration) => history.Unevaluated = iteration;

    /// <summary>Makes the evaluation that was due before training stopped, and reports its iteration again, with it.</summary>
    /// <param name="isLast">True if training ends here.</param>
    /// <returns>True if training continues, false if it was cancelled.</returns>
    /// <exception cref="EnvironmentException">An environment failed.</exception>
    public bool RunLate(bool isLast)
    {
        if (RunIfDue(isLast) is not { } evaluation)
            return !WasCancelled;
        WasLate = true;
        messages.Inform(FormattableString.Invariant($"The evaluation after {evaluation.Steps:N0} steps, which was not made before training stopped, has a mean return of {evaluation.MeanReturn:G6} over {evaluation.Returns.Count} episodes."));
        if (history.Unevaluated is not { } reported)
            return true;
        history.Unevaluated = null;
        var iteration = reported with { Evaluation = evaluation };
        messages.Telemetry.Record(iteration);
        messages.Report(iteration);
        return true;
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

    // Sums of finite rewards can overflow, and no mean of them can be compared.
    private static IReadOnlyList<double> CheckFinite(IReadOnlyList<double> returns)
    {
        for (var i = 0; i < returns.Count; i++)
        {
            if (!double.IsFinite(returns[i]))
                throw new EnvironmentException(FormattableString.Invariant($"The return of episode {i} is {returns[i]}, though its rewards are finite. Scale the rewards of the environment down."));
        }

        return returns;
    }

    private IReadOnlyList<double>? TryPlay(int seed)
    {
        try
        {
            return CheckFinite(play(seed));
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
