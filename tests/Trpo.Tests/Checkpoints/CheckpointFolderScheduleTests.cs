using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Checkpoints;

/// <summary>
/// Two runs that open, save to, leave and open again one folder, while a user moves, deletes and empties it, interleaved at each operation on files. On Windows, a folder in use cannot be
/// moved.
/// </summary>
[Platform("Linux")]
public sealed class CheckpointFolderScheduleTests
{
    private const int Saves = 3;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder(isInMemory: true);

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void No_run_writes_to_or_deletes_from_the_folder_of_another() => SeededScheduler.Explore(1_000, scheduler => Run(scheduler, usesHandle: true));

    // The window between the check of the lock and the operation. That it is found shows that the test above can fail.
    [Test]
    public void By_path_alone_a_run_can_reach_the_folder_of_another()
    {
        var failure = SeededScheduler.FindFailure(2_000, scheduler => Run(scheduler, usesHandle: false));

        Assert.That(failure?.Message, Does.Contain("a run changes"));
    }

    private void Run(SeededScheduler scheduler, bool usesHandle)
    {
        var options = new CheckpointOptions { Folder = _folder.PathOf($"{scheduler.Random.Next()}", "checkpoints"), Resume = true, Kept = 1 };
        var changing = new Dictionary<string, ScheduledFiles>();
        for (var run = 1; run <= 2; run++)
        {
            var number = run;
            scheduler.Start(() => Train(scheduler, options, changing, number, usesHandle), $"run {run}");
        }

        scheduler.Start(() => Disturb(scheduler, options.Folder), "user");
        scheduler.AwaitOthers();

        // Whatever happened before, the folder is free, and its latest checkpoint, if any, is whole.
        using (var folder = new CheckpointFolder(options, new ScheduledFiles(scheduler, changing), usesHandle))
        {
            folder.Latest(warning => throw new AssertionException(warning));
            folder.Save(Content(3));
        }

        Directory.Delete(Path.GetDirectoryName(options.Folder)!, recursive: true);
    }

    private static void Train(SeededScheduler scheduler, CheckpointOptions options, Dictionary<string, ScheduledFiles> changing, int run, bool usesHandle)
    {
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var files = new ScheduledFiles(scheduler, changing);
            try
            {
                using var folder = new CheckpointFolder(options, files, usesHandle);
                for (var save = 0; save < Saves; save++)
                {
                    folder.Save(Content(run));
                    scheduler.Point("trains");
                }
            }
            catch (Exception exception) when (exception is IOException or CheckpointException)
            {
                SeededScheduler.Require(!exception.Message.Contains("/proc/self", StringComparison.Ordinal), exception.Message);
            }
            finally
            {
                files.Release();
            }
        }
    }

    private static void Disturb(SeededScheduler scheduler, string folder)
    {
        for (var times = scheduler.Random.Next(1, 4); times > 0; times--)
        {
            var kind = scheduler.Random.Next(3);
            scheduler.Point("disturbs");
            if (!Directory.Exists(folder))
                continue;
            if (kind == 0)
                Directory.Move(folder, $"{folder}-moved-{times}");
            else if (kind == 1)
                Directory.Delete(folder, recursive: true);
            else
                Empty(scheduler, folder);
        }
    }

    private static void Empty(SeededScheduler scheduler, string folder)
    {
        foreach (var path in Directory.GetFiles(folder).Where(path => Path.GetFileName(path) != ScheduledFiles.NumberName))
        {
            scheduler.Point($"removes {path}");
            File.Delete(path);
        }
    }

    private static CheckpointContent Content(int run)
    {
        var content = new CheckpointContent();
        content.Add("run", writer => writer.Write(run));
        return content;
    }
}
