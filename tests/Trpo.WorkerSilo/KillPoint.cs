using System.Diagnostics;
using System.Globalization;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Workers.Hosting;

namespace Trpo.WorkerSilo;

/// <summary>
/// Kills this process (SIGKILL) at a moment of a training: in the n-th environment step ("Step n"), or at the n-th request with an operation, before it is done or when its answer is due
/// ("FisherProduct Policy before n", "Collect after n").
/// </summary>
internal sealed class KillPoint : IIncomingGrainCallFilter
{
    private readonly string _moment;
    private readonly bool _isAfter;
    private int _left;

    private KillPoint(string moment, bool isAfter, int count) => (_moment, _isAfter, _left) = (moment, isAfter, count);

    /// <summary>Reads a moment; null is none.</summary>
    public static KillPoint Parse(string? text)
    {
        if (text?.Split(' ') is not { } words)
            return new KillPoint("", isAfter: false, int.MaxValue);
        var count = int.Parse(words[^1], CultureInfo.InvariantCulture);
        return words[0] == "Step" ? new KillPoint(words[0], isAfter: false, count) : new KillPoint(string.Join(' ', words[..^2]), words[^2] == "after", count);
    }

    /// <summary>Counts a step that is about to be made.</summary>
    public void NoteStep()
    {
        if (_moment == "Step")
            Count();
    }

    /// <inheritdoc/>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        var isMoment = context.MethodName == "Send" && context.Request.GetArgumentCount() == 3 && context.Request.GetArgument(1) is byte[] request && BlockRequest.Of(request).Operations.Any(operation => NameOf(operation) == _moment);
        if (isMoment && !_isAfter)
            Count();
        await context.Invoke();
        if (isMoment && _isAfter)
            Count();
    }

    // The first argument of operations of a problem is its kind.
    private static string NameOf(byte[] operation)
    {
        var name = (ShardOperation)(operation[0] & ~OperationFlags.MayFail);
        return name is ShardOperation.Gradient or ShardOperation.FisherProduct or ShardOperation.Evaluate or ShardOperation.Linearize or ShardOperation.LinearizeWithGradient ? $"{name} {(ProblemKind)operation[1]}" : name.ToString();
    }

    private void Count()
    {
        if (Interlocked.Decrement(ref _left) != 0)
            return;

        // SIGKILL; nothing runs after it.
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}
