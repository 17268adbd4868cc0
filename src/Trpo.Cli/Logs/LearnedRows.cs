using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Logs;

/// <summary>The rows at the beginning of a log that a policy was learned from.</summary>
/// <param name="origin">The origin of the policy; null if it is not known.</param>
internal sealed class LearnedRows(LogProvenance? origin)
{
    /// <summary>Finds the origin of a policy: the log.json in the folder of its run.</summary>
    /// <param name="saved">The policy.</param>
    /// <exception cref="CommandException">The file of the origin is damaged.</exception>
    public static LogProvenance? OriginOf(SavedPolicy saved)
    {
        // A copy in another folder has no origin.
        var run = saved.Run ?? (Path.GetDirectoryName(Path.GetFullPath(saved.Path)) is { } folder ? new RunFolder(folder) : null);
        var isOfRun = run is not null && (saved.Run is not null || Path.GetFullPath(saved.Path) == run.Model || Path.GetFullPath(saved.Path) == run.Onnx);
        return isOfRun && File.Exists(run!.Log) ? LogRunFile.Read(run.Log) : null;
    }

    /// <summary>Counts the rows.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="file">The log.</param>
    /// <param name="features">The features that the policy reads.</param>
    /// <returns>The number of rows; 0 if the log is another one, or the origin is not known.</returns>
    public long CountIn(MLContext ml, LogFile file, IReadOnlyList<LogFeature> features)
    {
        if (origin is null)
            return 0;

        // Without the hash of the rows, the path alone can tell.
        if (origin.FirstRows is null)
            return FilePath.AreSame(origin.Data, file.Path) ? Math.Min(origin.Learned, file.Rows) : 0;
        string?[] names = [origin.Action, origin.Reward, origin.Probability ?? origin.LogProbability, .. features.Select(feature => feature.Name)];
        string[] found = [.. names.Select(name => name is null ? null : file.Find(name)?.Name).OfType<string>()];
        if (found.Length < names.Length)
            return 0;
        var choice = new LogChoice(found[0], found[1], found[2], origin.Probability is null, [.. features.Zip(found.Skip(3), (feature, source) => feature with { Source = source })]);
        if (choice.Fields.Any(field => field.Type != LogFieldType.Text && file.Find(field.Source) is { Kind: LogColumnKind.Text }))
            return 0;
        return FirstRows.Hash(ml, file.Load(ml, choice.Fields), choice, origin.Learned) == origin.FirstRows ? Math.Min(origin.Learned, file.Rows) : 0;
    }
}
