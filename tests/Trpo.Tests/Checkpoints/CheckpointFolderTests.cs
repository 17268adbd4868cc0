using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

public sealed class CheckpointFolderTests
{
    private readonly List<string> _warnings = [];
    private TemporaryFolder _folder = null!;

    private CheckpointOptions Options => new() { Folder = _folder.PathOf("run", "checkpoints"), Resume = true, Kept = 2 };

    [SetUp]
    public void MakeTheFolder()
    {
        _folder = new TemporaryFolder();
        _warnings.Clear();
    }

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [Test]
    public void An_empty_folder_has_no_latest_checkpoint()
    {
        using var folder = new CheckpointFolder(Options);

        Assert.That(folder.Latest(_warnings.Add), Is.Null);
        Assert.That(_warnings, Is.Empty);
    }

    [Test]
    public void The_latest_checkpoints_are_kept_and_numbering_continues()
    {
        using (var first = new CheckpointFolder(Options))
        {
            for (var number = 1; number <= 3; number++)
                first.Save(Content(number));
        }

        using var folder = new CheckpointFolder(Options);
        var path = folder.Save(Content(4));

        Assert.That(Names(), Is.EqualTo(new[] { "00000003.checkpoint", "00000004.checkpoint" }));
        Assert.That(folder.Latest(_warnings.Add) is var (latest, content) ? (latest, NumberOf(content)) : default, Is.EqualTo((path, 4)));
    }

    [Test]
    public void A_damaged_checkpoint_is_skipped_with_a_warning()
    {
        using var folder = new CheckpointFolder(Options);
        folder.Save(Content(1));
        var damaged = folder.Save(Content(2));
        File.WriteAllBytes(damaged, File.ReadAllBytes(damaged)[..^1]);

        Assert.That(folder.Latest(_warnings.Add) is var (_, content) ? NumberOf(content) : 0, Is.EqualTo(1));
        Assert.That(_warnings, Has.Count.EqualTo(1).And.All.Contains(damaged));
    }

    [Test]
    public void A_folder_of_damaged_checkpoints_is_an_error_and_not_a_new_run()
    {
        using var folder = new CheckpointFolder(Options);
        File.WriteAllText(folder.Save(Content(1)), "something else");

        Assert.That(() => folder.Latest(_warnings.Add), Throws.TypeOf<CheckpointException>().With.Message.Contains("No checkpoint").And.Message.Contains("empty the folder"));
    }

    [Test]
    public void Checkpoints_of_another_run_are_not_replaced()
    {
        using (var first = new CheckpointFolder(Options))
            first.Save(Content(1));

        Assert.That(() => new CheckpointFolder(Options with { Resume = false }), Throws.TypeOf<CheckpointException>().With.Message.Contains("Resume").And.Message.Contains(_folder.FullName));
        Assert.That(Names(), Has.Length.EqualTo(1));
        Assert.That(() => new CheckpointFolder(Options).Dispose(), Throws.Nothing, "the folder was released");
    }

    [Test]
    public void Two_trainings_do_not_share_a_folder()
    {
        using var first = new CheckpointFolder(Options);

        Assert.That(() => new CheckpointFolder(Options), Throws.TypeOf<CheckpointException>().With.Message.Contains("Another training"));
    }

    [Test]
    public void A_folder_that_was_deleted_and_is_now_of_another_run_is_left_alone()
    {
        using var first = new CheckpointFolder(Options);
        first.Save(Content(1));
        Directory.Delete(Options.Folder, recursive: true);
        Assert.That(() => first.Save(Content(2)), Throws.InstanceOf<IOException>().With.Message.Contains("was deleted or moved"));
        using var second = new CheckpointFolder(Options);
        second.Save(Content(7));

        Assert.That(() => first.Save(Content(2)), Throws.InstanceOf<IOException>().With.Message.Contains("another run's").And.Message.Contains(_folder.FullName));
        Assert.That(second.Latest(_warnings.Add) is var (_, content) ? NumberOf(content) : 0, Is.EqualTo(7));
        Assert.That(Names(), Has.Length.EqualTo(1));
    }

    [Test]
    [Platform("Linux")]
    public void A_folder_that_is_replaced_during_a_save_is_left_alone()
    {
        var moved = _folder.PathOf("run", "moved");
        CheckpointFolder? second = null;
        using var first = new CheckpointFolder(Options, new HookedFiles(_ =>
        {
            Directory.Move(Options.Folder, moved);
            second = new CheckpointFolder(Options);
            second.Save(Content(7));
        }));

        Assert.That(() => first.Save(Content(1)), Throws.InstanceOf<IOException>().With.Message.Contains("was deleted or moved").And.Message.Contains(_folder.FullName));
        Assert.That(second!.Latest(_warnings.Add) is var (_, content) ? NumberOf(content) : 0, Is.EqualTo(7));
        second.Dispose();
        Assert.That(Directory.GetFiles(Options.Folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "00000001.checkpoint", "lock", "lock.owner" }));
        Assert.That(Directory.GetFiles(moved, "*.tmp").Length, Is.LessThanOrEqualTo(1), "the next run in the moved folder deletes it");
    }

    [Test]
    [Platform("Linux")]
    public void A_folder_that_is_emptied_stays_that_of_its_run_until_the_run_ends()
    {
        using (var first = new CheckpointFolder(Options))
        {
            first.Save(Content(1));
            foreach (var file in Directory.GetFiles(Options.Folder))
                File.Delete(file);

            Assert.That(() => new CheckpointFolder(Options), Throws.TypeOf<CheckpointException>().With.Message.Contains("Another training"));
            Assert.That(() => first.Save(Content(2)), Throws.InstanceOf<IOException>().With.Message.Contains("was deleted or moved"));
        }

        using var second = new CheckpointFolder(Options);
        second.Save(Content(3));
        Assert.That(Names(), Is.EqualTo(new[] { "00000001.checkpoint" }));
    }

    [Test]
    public void A_failure_names_the_path_of_the_file()
    {
        using var folder = new CheckpointFolder(Options, new HookedFiles(path => throw new IOException($"No space left on device : '{path}'") { HResult = 28 }));

        var failure = Assert.Throws<IOException>(() => folder.Save(Content(1)))!;
        Assert.That(failure.Message, Does.StartWith($"No space left on device : '{Path.Combine(Options.Folder, "00000001.checkpoint")}"));
        Assert.That(failure.HResult, Is.EqualTo(28));
    }

    [Test]
    public void Partially_written_files_are_deleted()
    {
        Directory.CreateDirectory(Options.Folder);
        File.WriteAllText(Path.Combine(Options.Folder, "00000001.checkpoint.abc123.tmp"), "half");
        using var folder = new CheckpointFolder(Options);

        Assert.That(Directory.GetFiles(Options.Folder, "*.tmp"), Is.Empty);
    }

    [TestCase("", 1, 3)]
    [TestCase("x", 0, 3)]
    [TestCase("x", 1, 0)]
    public void Settings_out_of_range_are_refused(string folder, int milliseconds, int kept) =>
        Assert.That(() => new CheckpointOptions { Folder = folder, Interval = TimeSpan.FromMilliseconds(milliseconds), Kept = kept }.Validate(), Throws.InstanceOf<ArgumentException>());

    private string[] Names() => [.. Directory.GetFiles(Options.Folder, "*.checkpoint").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private static CheckpointContent Content(int number)
    {
        var content = new CheckpointContent();
        content.Add("number", writer => writer.Write(number));
        return content;
    }

    private static int NumberOf(CheckpointContent content)
    {
        var number = 0;
        content.Restore("number", reader => number = reader.ReadInt32());
        return number;
    }
}
