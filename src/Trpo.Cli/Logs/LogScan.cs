using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Cli.Logs;

/// <summary>A pass over the rows before a policy is learned: the features without a value in the rows that are learned from, and samples of these rows.</summary>
internal sealed class LogScan
{
    // In the folder of a run, and within the policy.
    private const int MaxSample = 1_000;
    private const int MaxCarried = 200;

    private LogScan(IReadOnlyList<string> empty, LearnedSample sample, LearnedSample carried) => (Empty, Sample, Carried) = (empty, sample, carried);

    /// <summary>Gets the features without a value in the rows that are learned from.</summary>
    public IReadOnlyList<string> Empty { get; }

    /// <summary>Gets the samples for the folder of the run.</summary>
    public LearnedSample Sample { get; }

    /// <summary>Gets the smaller samples that the policy carries.</summary>
    public LearnedSample Carried { get; }

    /// <summary>Reads the rows.</summary>
    /// <param name="view">The rows.</param>
    /// <param name="choice">The columns.</param>
    /// <param name="learned">The number of rows at the beginning that are learned from.</param>
    /// <param name="cancel">Ends the pass.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static LogScan Read(IDataView view, LogChoice choice, long learned, CancellationToken cancel)
    {
        var hashes = LearnedSample.Spellings.Select(_ => new List<ulong>()).ToArray();
        using var cursor = view.GetRowCursor(view.Schema);
        var hasher = new RowHasher(cursor, choice);
        var waiting = choice.Features.Select(feature => (feature.Name, HasValue: HasValue(cursor, feature))).ToList();
        for (var row = 0L; cursor.MoveNext(); row++)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var (list, digits) in hashes.Zip(LearnedSample.Spellings))
                list.Add(hasher.Hash(digits));
            if (row < learned && waiting.Count > 0)
                waiting.RemoveAll(feature => feature.HasValue());
        }

        return new LogScan([.. waiting.Select(feature => feature.Name)], Take(MaxSample), Take(MaxCarried));

        LearnedSample Take(int max) => new()
        {
            Rows = learned,
            Samples = [.. hashes.Zip(LearnedSample.Spellings, (list, digits) => RowSample.Of(CollectionsMarshal.AsSpan(list), (int)Math.Min(learned, list.Count), digits, max))],
        };
    }

    private static Func<bool> HasValue(DataViewRow row, LogFeature feature)
    {
        if (feature.IsText)
        {
            var texts = row.GetGetter<ReadOnlyMemory<char>>(row.Schema[feature.Name]);
            return () =>
            {
                ReadOnlyMemory<char> text = default;
                texts(ref text);
                return !text.IsEmpty;
            };
        }

        var numbers = row.GetGetter<float>(row.Schema[feature.Name]);
        return () =>
        {
            var number = 0f;
            numbers(ref number);
            return !float.IsNaN(number);
        };
    }
}
