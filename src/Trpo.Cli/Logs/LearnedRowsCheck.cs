using System.Globalization;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;

namespace Trpo.Cli.Logs;

/// <summary>The search for rows that a policy was learned from among those that it is evaluated on, wherever they stand.</summary>
/// <param name="learned">The samples of the rows that the policy was learned from; null if they are not known.</param>
/// <param name="file">The log.</param>
internal sealed class LearnedRowsCheck(LearnedSample? learned, LogFile file)
{
    /// <summary>The reason not to evaluate on rows that were learned from.</summary>
    public const string Why = "a verdict on rows that were learned from is wrong in half of the cases without a difference, and in more";

    // A share of learned rows that moves no verdict.
    private const double MaxShare = 0.05;
    private const int MinSample = 20;
    private const int MinFound = 3;

    /// <summary>Reads the rows and refuses those that the policy was learned from, or warns.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="isForced">True to warn of learned rows instead of refusing them.</param>
    /// <param name="terminal">The receiver of warnings.</param>
    /// <param name="cancel">Ends the pass.</param>
    /// <returns>True if more than a few of the rows were learned from.</returns>
    /// <exception cref="CommandException">They were, and <paramref name="isForced"/> is false.</exception>
    public bool Run(IDataView view, LogChoice choice, bool isForced, Terminal terminal, CancellationToken cancel)
    {
        if (learned is null)
        {
            terminal.Warn($"It is not known which rows the policy was learned from: {Why}.");
            return false;
        }

        var (found, rows) = Count(view, choice, learned.Samples, cancel);
        if (learned.Samples.Index().FirstOrDefault(pair => IsSeen(pair.Item, found[pair.Index], rows)) is { Item: { } seen, Index: var index })
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"The policy was learned from rows that are among the {rows:N0} of {file.Path} to evaluate on: of a sample of {seen.Count:N0} of the {learned.Rows:N0} rows that were learned from, {found[index]:N0} are there, where {Math.Round(seen.Expected(rows)):N0} would be by chance; {Why}.");
            if (!isForced)
                throw new CommandException($"{text} Name a log with rows that came later, or leave the others out; --skip-rows skips rows at the beginning. With --skip-rows 0, the policy is evaluated on all nevertheless, without a verdict.");
            terminal.Warn($"{text} There is no verdict.");
            return true;
        }

        if (learned.Samples.All(sample => sample.Count < Math.Min(MinSample, learned.Rows / 2) || sample.Expected(rows) > sample.Count * 0.8))
        {
            terminal.Warn($"The decisions of {file.Path} are too alike to tell whether the policy was learned from them: {Why}.");
        }

        return false;
    }

    private static (int[] Found, long Rows) Count(IDataView view, LogChoice choice, IReadOnlyList<RowSample> samples, CancellationToken cancel)
    {
        var sets = samples.Select(sample => sample.ToSet()).ToArray();
        using var cursor = view.GetRowCursor(view.Schema);
        var hasher = new RowHasher(cursor, choice);
        var rows = 0L;
        for (; cursor.MoveNext(); rows++)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var (set, sample) in sets.Zip(samples))
                set.Remove(hasher.Hash(sample.Digits));
        }

        return ([.. samples.Zip(sets, (sample, set) => sample.Count - set.Count)], rows);
    }

    private bool IsSeen(RowSample sample, int found, long rows)
    {
        var expected = sample.Expected(rows);
        var excess = (found - expected) / Math.Max(1, sample.Count);

        // The expectation was itself counted, in as many rows of the sample.
        return found > expected + (4 * Math.Sqrt(2 * expected)) + MinFound && Math.Max(excess, excess * learned!.Rows / Math.Max(1, rows)) > MaxShare;
    }
}
