using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Resuming;

/// <summary>The evaluations of a training so far, and the best policy. A rollback leaves them as they are: a policy from before it is as good as it was.</summary>
/// <param name="policy">The policy that is trained.</param>
/// <param name="keepsBest">True to keep the state of the best policy.</param>
internal sealed class EvaluationHistory(ICheckpointable policy, bool keepsBest) : ICheckpointable
{
    private byte[] _best = [];

    /// <summary>The environment steps of the last evaluation; 0 before any.</summary>
    public int LastSteps { get; private set; }

    /// <summary>The best mean return; NaN before any evaluation.</summary>
    public double BestReturn { get; private set; } = double.NaN;

    /// <summary>The environment steps of the policy with the best mean return.</summary>
    public int BestSteps { get; private set; }

    /// <summary>The number of evaluations since the best one.</summary>
    public int WithoutImprovement { get; private set; }

    /// <summary>True if a policy is kept.</summary>
    public bool HasBest => _best.Length > 0;

    /// <summary>The last iteration, as it was reported, if its evaluation was stopped or failed; null otherwise.</summary>
    public TrpoIteration? Unevaluated { get; set; }

    /// <summary>Determines whether the policy is to be evaluated.</summary>
    /// <param name="steps">The environment steps so far.</param>
    /// <param name="every">The number of steps between two evaluations.</param>
    /// <param name="isLast">True if training ends here.</param>
    public bool IsDue(int steps, int every, bool isLast) => steps > LastSteps && (isLast || steps / every > LastSteps / every);

    /// <summary>Lets evaluations begin again from a step, after a rollback to it.</summary>
    public void Align(int steps)
    {
        LastSteps = Math.Min(LastSteps, steps);
        if (Unevaluated?.Steps != steps)
            Unevaluated = null;
    }

    /// <summary>Adds the evaluation of the policy as it is now.</summary>
    /// <returns>True if it is the best so far.</returns>
    public bool Add(int steps, double meanReturn)
    {
        LastSteps = steps;
        if (meanReturn <= BestReturn)
        {
            WithoutImprovement++;
            return false;
        }

        (BestReturn, BestSteps, WithoutImprovement) = (meanReturn, steps, 0);
        if (keepsBest)
            _best = Saved(policy);
        return true;
    }

    /// <summary>Makes the policy the best one.</summary>
    public void RestoreBest() => Restore(_best);

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(LastSteps);
        writer.Write(BestReturn);
        writer.Write(BestSteps);
        writer.Write(WithoutImprovement);
        writer.WriteSpan<byte>(_best);
    }

    /// <summary>Restores the state. The policy is left as the best one, to find out at once whether it can be restored: its own state follows.</summary>
    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        LastSteps = reader.ReadInt32(0, int.MaxValue, "The step of the last evaluation");
        BestReturn = reader.ReadDouble();
        if (double.IsInfinity(BestReturn))
            throw new InvalidDataException(FormattableString.Invariant($"The best mean return is {BestReturn}; it must be finite."));
        BestSteps = reader.ReadInt32(0, int.MaxValue, "The step of the best evaluation");
        WithoutImprovement = reader.ReadInt32(0, int.MaxValue, "The number of evaluations since the best");
        _best = reader.ReadArray<byte>("bytes of the best policy");
        if (double.IsNaN(BestReturn) ? LastSteps > 0 || BestSteps > 0 || WithoutImprovement > 0 || HasBest : BestSteps == 0 || HasBest != keepsBest)
            throw new InvalidDataException(FormattableString.Invariant($"The best evaluation, a mean return of {BestReturn:G6} at step {BestSteps}, contradicts what is kept of it."));
        if (!HasBest)
            return;
        try
        {
            Restore(_best);
        }
        catch (Exception exception)
        {
            // A custom network may throw any exception on bytes that it did not write.
            throw new InvalidDataException($"The best policy is damaged, or of another network: {exception.Message}", exception);
        }
    }

    /// <summary>Throws if the restored counts contradict those of the training.</summary>
    /// <param name="iteration">The iteration that is in progress or comes next.</param>
    /// <param name="steps">The environment steps of the iterations before it.</param>
    /// <param name="rollbacks">The number of rollbacks; evaluations from before one may be of later steps.</param>
    /// <exception cref="CheckpointException">They do.</exception>
    public void CheckCounts(int iteration, int steps, int rollbacks)
    {
        if (LastSteps > steps)
            throw Damaged($"the last one follows {LastSteps} steps, but the training made {steps}");
        if (rollbacks == 0 && BestSteps > LastSteps)
            throw Damaged($"the best one follows {BestSteps} steps, but the last one {LastSteps}");

        // One follows each iteration at most, the best one among them.
        if (rollbacks == 0 && WithoutImprovement > 0 && WithoutImprovement > iteration - 2)
            throw Damaged($"{WithoutImprovement} followed the best one, but the training made {iteration - 1} iterations");
        if (Unevaluated is { } unevaluated && (unevaluated.Steps != steps || unevaluated.Iteration != iteration - 1))
            throw Damaged($"iteration {unevaluated.Iteration}, after {unevaluated.Steps} steps, was not evaluated, but the training made {iteration - 1} iterations of {steps} steps");

        static CheckpointException Damaged(FormattableString reason) => new($"The evaluations of the checkpoint are damaged: {FormattableString.Invariant(reason)}.");
    }

    private static byte[] Saved(ICheckpointable part)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        part.SaveState(writer);
        writer.Flush();
        return stream.ToArray();
    }

    private void Restore(byte[] state)
    {
        using var stream = new MemoryStream(state, writable: false);
        using var reader = new BinaryReader(stream);
        policy.RestoreState(reader);
        if (stream.Position != stream.Length)
            throw new InvalidDataException(FormattableString.Invariant($"{stream.Length - stream.Position} of the {stream.Length} bytes of the best policy are left over."));
    }
}
