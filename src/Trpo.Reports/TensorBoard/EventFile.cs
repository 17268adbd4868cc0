using System.Globalization;
using Trpo.Estimators;
using Trpo.Reports.TensorBoard.Format;

namespace Trpo.Reports.TensorBoard;

/// <summary>An event file, whose numbers TensorBoard shows as curves over environment steps. A run that is resumed creates another file beside it.</summary>
internal sealed class EventFile : IDisposable
{
    private const string Prefix = "events.out.tfevents.";
    private const string FileVersion = "brain.Event:2";

    private static readonly (string Tag, Func<TrpoIteration, double> Value)[] Metrics = [.. TrpoMetric.All.Select(metric => (metric.Tag, metric.Value))];

    private readonly RecordFile _records;
    private readonly TimeProvider _time;

    private EventFile(RecordFile records, TimeProvider time) => (_records, _time) = (records, time);

    /// <summary>Creates a file.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="firstStep">The first step of this file: TensorBoard drops the events of earlier files in the folder from this step on.</param>
    /// <param name="time">The clock.</param>
    public static EventFile Create(string folder, int firstStep, TimeProvider time)
    {
        // TensorBoard reads the files in the order of their names.
        var newest = Directory.EnumerateFiles(folder, Prefix + "*").Select(SecondsOf).DefaultIfEmpty(-1).Max();
        var seconds = Math.Max(time.GetUtcNow().ToUnixTimeSeconds(), newest + 1);
        var host = string.Concat(Environment.MachineName.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' ? character : '_'));
        var file = new EventFile(new RecordFile(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{seconds:D10}.{host}.{Environment.ProcessId}"))), time);
        file.Append(new Event { FileVersion = FileVersion });
        if (newest >= 0 || firstStep > 0)
            file.Append(new Event { Step = firstStep, SessionLog = new SessionLog { Status = SessionLog.Types.SessionStatus.Start } });
        return file;
    }

    /// <summary>Appends the metrics of an iteration.</summary>
    public void Append(TrpoIteration iteration)
    {
        var summary = new Summary();
        foreach (var (tag, valueOf) in Metrics)
        {
            var value = valueOf(iteration);
            if (!double.IsNaN(value))
                summary.Value.Add(new Summary.Types.Value { Tag = tag, SimpleValue = (float)value });
        }

        Append(new Event { Step = iteration.Steps, Summary = summary });
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _records.Dispose();

    private void Append(Event entry)
    {
        entry.WallTime = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        _records.Append(entry);
    }

    private static long SecondsOf(string path) =>
        long.TryParse(Path.GetFileName(path)[Prefix.Length..].Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
