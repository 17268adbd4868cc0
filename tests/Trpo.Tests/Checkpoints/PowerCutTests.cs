using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Checkpoints and power cuts: every state that a cut may leave on the disk, at every point of a run's saves, and again while the run that resumes saves.</summary>
public sealed class PowerCutTests
{
    private const int Saves = 3;

    [TestCase(1)]
    [TestCase(2)]
    public void No_power_cut_loses_a_checkpoint_that_was_saved(int kept)
    {
        var (states, lost) = Enumerate(kept, changes => changes, depth: 2);

        TestContext.Out.WriteLine($"{states} states with {kept} checkpoints kept");
        Assert.That(lost, Is.Empty);
        Assert.That(states, Is.GreaterThan(500));
    }

    [Test]
    public void Without_syncing_the_folder_a_power_cut_would_lose_the_only_checkpoint()
    {
        // The test would not notice a missing sync otherwise.
        var (_, lost) = Enumerate(kept: 1, changes => [.. changes.Where(change => change.Kind != FileChangeKind.SyncFolder)], depth: 1);

        Assert.That(lost, Is.Not.Empty);
    }

    // A state is lost if the checkpoint that it resumes from is older than the last one whose save had returned.
    private static (int States, List<string> Lost) Enumerate(int kept, Func<List<FileChange>, List<FileChange>> record, int depth)
    {
        var (states, lost) = (0, new List<string>());
        Run(new Dictionary<string, byte[]?>(), first: 1, depth);
        return (states, lost);

        void Run(IReadOnlyDictionary<string, byte[]?> start, int first, int runs)
        {
            var (changes, returned) = Save(start, first, kept);
            var before = Latest(start);
            var seen = new HashSet<string>();
            foreach (var (count, disk) in PowerCuts.Of(record(changes), start))
            {
                if (!seen.Add(Describe(disk)))
                    continue;
                states++;
                var saved = Math.Max(before, returned.LastOrDefault(save => save.Changes <= count).Number);
                var latest = Latest(disk);
                if (latest < saved || latest > first + Saves)
                    lost.Add($"after {count} changes of the run from {first}: {latest} instead of {saved}");
                else if (runs > 1)
                    Run(disk, latest + 1, runs - 1);
            }
        }
    }

    private static (List<FileChange> Changes, List<(int Changes, int Number)> Returned) Save(IReadOnlyDictionary<string, byte[]?> start, int first, int kept)
    {
        using var folder = Materialize(start);
        var files = new RecordedFileSystem(folder.FullName);
        var returned = new List<(int Changes, int Number)>();
        using var checkpoints = new CheckpointFolder(Options(folder) with { Kept = kept }, files);
        for (var number = first; number < first + Saves; number++)
        {
            checkpoints.Save(Content(number));
            returned.Add((files.Changes.Count, number));
        }

        return (files.Changes, returned);
    }

    private static int Latest(IReadOnlyDictionary<string, byte[]?> disk)
    {
        using var folder = Materialize(disk);
        using var checkpoints = new CheckpointFolder(Options(folder));
        var number = 0;
        if (checkpoints.Latest(_ => { }) is var (_, content))
            content.Restore("number", reader => number = reader.ReadInt32());
        return number;
    }

    private static TemporaryFolder Materialize(IReadOnlyDictionary<string, byte[]?> disk)
    {
        var folder = new TemporaryFolder();
        foreach (var (name, content) in disk.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (content is null)
                Directory.CreateDirectory(folder.PathOf(name));
            else
                File.WriteAllBytes(folder.PathOf(name), content);
        }

        return folder;
    }

    private static string Describe(IReadOnlyDictionary<string, byte[]?> disk) =>
        string.Join('\n', disk.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} {(entry.Value is null ? "" : Convert.ToHexString(entry.Value))}"));

    private static CheckpointOptions Options(TemporaryFolder folder) => new() { Folder = folder.PathOf("run", "checkpoints"), Resume = true };

    private static CheckpointContent Content(int number)
    {
        var content = new CheckpointContent();
        content.Add("number", writer => writer.Write(number));
        return content;
    }
}
