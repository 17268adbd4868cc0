using Trpo.Estimators.Checkpoints;
using Trpo.Tests.Support;
using RunFolder = Trpo.Cli.Runs.RunFolder;

namespace Trpo.Tests.Cli;

/// <summary>Tests of the folder of a run: another run is refused, replaces the run with --overwrite, or leaves the folder unchanged if it cannot begin.</summary>
public sealed class FolderTests
{
    private TemporaryFolder _folder = null!;
    private string _run = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_folder_with_a_run_is_refused_with_remedies()
    {
        Train();
        var before = File.ReadAllBytes(Path.Combine(_run, "model.zip"));
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--out", _run);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain($"trpo resume {_run}").And.Contains("--out").And.Contains("--overwrite"));
        Assert.That(File.ReadAllBytes(Path.Combine(_run, "model.zip")), Is.EqualTo(before));
    }

    [Test]
    public void Overwriting_moves_the_files_of_the_earlier_run_and_no_others()
    {
        Directory.CreateDirectory(_run);
        foreach (var file in new[] { "command.json", "report.html", "notes.txt", "events.out.tfevents.1.x" })
            File.WriteAllText(Path.Combine(_run, file), "old");
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "pendulum", "--steps", "64", "--episodes", "0", "--preset", "plain", "--normalize", "off", "--out", _run, "--overwrite");

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(File.ReadAllText(Path.Combine(_run, "notes.txt")), Is.EqualTo("old"));
        Assert.That(File.Exists(Path.Combine(_run, "events.out.tfevents.1.x")), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(_run, "command.json")), Does.Contain("\"normalization\": \"off\""));
        Assert.That(Tool.RunHere("inspect", _run).Output, Does.Not.Contain("Preprocessing"));
    }

    [Test]
    public void A_training_that_cannot_begin_leaves_the_folder_free()
    {
        // The observation of CartPole has no mask, which is detected at the first step.
        var file = _folder.PathOf("mask.json");
        File.WriteAllText(file, "{ \"actionMask\": true }");

        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--out", _run, "--options", file).ExitCode, Is.EqualTo(1));
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--episodes", "0", "--out", _run).ExitCode, Is.Zero);
    }

    [Test]
    public void A_run_that_is_still_training_is_not_replaced()
    {
        Train();
        var files = Directory.GetFiles(_run, "*", SearchOption.AllDirectories);
        using var training = new CheckpointFolder(new CheckpointOptions { Folder = Path.Combine(_run, "checkpoints"), Resume = true });
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--out", _run, "--overwrite");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("Another training"));
        Assert.That(Directory.GetFiles(_run, "*", SearchOption.AllDirectories), Is.EquivalentTo(files));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_run_whose_folder_was_moved_away_leaves_the_next_run_alone(bool isReplaced)
    {
        var first = Task.Run(() => Tool.Run("train", "--environment", "cartpole", "--steps", "1000000", "--preset", "plain", "--episodes", "0", "--out", _run));
        while (!first.IsCompleted && !File.Exists(Path.Combine(_run, "metrics.csv")))
            await Task.Delay(10);
        while (!first.IsCompleted && new FileInfo(Path.Combine(_run, "metrics.csv")).Length < 1_000)
            await Task.Delay(10);
        Directory.Move(_run, _folder.PathOf("moved"));
        if (isReplaced)
            Train();
        var second = isReplaced ? Contents() : [];
        var (exitCode, output, error) = await first;

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(error, Does.Contain("was deleted or moved during the training"));
        var results = isReplaced ? $"{_run}-2" : _run;
        Assert.That(output, Does.Contain($"Wrote {Path.Combine(results, "model.zip")}"));
        Assert.That(Tool.RunHere("inspect", results).Output, Does.Contain("CartPole"));
        if (!isReplaced)
            return;
        Assert.That(Contents(), Is.EqualTo(second), "the other run is as it was");
        Assert.That(Tool.RunHere("resume", _run, "--steps", "1536").ExitCode, Is.Zero);
    }

    [Test]
    public void A_replaced_run_is_moved_back_if_the_new_one_cannot_begin()
    {
        // The observation of CartPole has no mask, which is detected at the first step.
        var file = _folder.PathOf("mask.json");
        File.WriteAllText(file, "{ \"actionMask\": true }");
        Train();
        File.WriteAllText(Path.Combine(_run, "notes.txt"), "mine");
        var before = Contents();
        var (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--steps", "1024", "--out", _run, "--options", file, "--overwrite");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("mask"));
        Assert.That(Contents(), Is.EqualTo(before));
        Assert.That(Tool.RunHere("resume", _run, "--steps", "1536").ExitCode, Is.Zero, "it can be resumed");
    }

    [Test]
    public void A_replaced_run_is_kept_in_a_numbered_folder()
    {
        Train();
        var before = Contents();
        var place = Path.Combine(_run, "replaced", "1");
        var (exitCode, output, _) = Tool.RunHere("train", "--environment", "pendulum", "--steps", "512", "--episodes", "0", "--out", _run, "--overwrite");

        Assert.That(exitCode, Is.Zero);
        Assert.That(output, Does.Contain(place));
        Assert.That(Tool.RunHere("inspect", _run).Output, Does.Contain("Pendulum"));
        Assert.That(Directory.GetFiles(place, "*", SearchOption.AllDirectories).Select(path => Convert.ToHexString(File.ReadAllBytes(path))), Is.EquivalentTo(before.Values));
        Assert.That(Tool.RunHere("resume", place, "--steps", "1536").ExitCode, Is.Zero, "it is a run like any other");

        Train("--overwrite");
        Assert.That(Tool.RunHere("inspect", place).Output, Does.Contain("CartPole"));
        Assert.That(Tool.RunHere("inspect", Path.Combine(_run, "replaced", "2")).Output, Does.Contain("Pendulum"));
    }

    [Test]
    public void Files_of_others_are_never_deleted()
    {
        string[] mine = [Path.Combine("checkpoints", "epoch-12.pt"), Path.Combine("plots", "mine.png"), Path.Combine("replaced", "thesis.txt"), "command.json"];
        foreach (var file in mine)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_run, file))!);
            File.WriteAllText(Path.Combine(_run, file), file);
        }

        var before = Contents();
        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--out", _run).ExitCode, Is.EqualTo(1));
        Assert.That(Contents(), Is.EqualTo(before));

        Train("--overwrite");
        Train("--overwrite");
        Assert.That(Contents().Values, Is.SupersetOf(before.Values));
        Assert.That(File.Exists(Path.Combine(_run, "replaced", "thesis.txt")), Is.True);
    }

    [Test]
    public void A_run_that_cannot_be_moved_stays_in_place()
    {
        Train();
        File.WriteAllText(Path.Combine(_run, "replaced"), "mine");
        var before = Contents();

        Assert.That(Tool.RunHere("train", "--environment", "cartpole", "--out", _run, "--overwrite").ExitCode, Is.EqualTo(1));
        Assert.That(Contents(), Is.EqualTo(before));
    }

    [Test]
    public void A_second_training_in_a_folder_is_refused_and_changes_nothing()
    {
        Directory.CreateDirectory(_run);
        var folder = new RunFolder(_run);
        using (folder.Lock())
        {
            // A training writes these before its first iteration ends.
            File.WriteAllText(folder.Command, "{}");
            Directory.CreateDirectory(folder.Checkpoints);
            foreach (var arguments in new string[][] { [], ["--overwrite"] })
            {
                var (exitCode, _, error) = Tool.RunHere(["train", "--environment", "cartpole", "--steps", "1024", "--out", _run, .. arguments]);
                Assert.That(exitCode, Is.EqualTo(1));
                Assert.That(error, Does.StartWith($"Another training is being recorded in {_run}"));
                Assert.That((File.Exists(folder.Command), Directory.Exists(folder.Checkpoints)), Is.EqualTo((true, true)));
            }
        }

        Assert.That(File.Exists(Path.Combine(_run, "metrics.csv.lock")), Is.False);
        Train("--overwrite");
    }

    [Test]
    public void Messages_about_a_missing_run_name_the_folder_of_replaced_runs()
    {
        Train();
        var place = new RunFolder(_run).SetAside();

        foreach (var verb in new[] { "resume", "evaluate" })
            Assert.That(Tool.RunHere(verb, _run).Error, Does.Contain(Path.GetDirectoryName(place)));
    }

    [Test]
    public void A_run_that_another_recorder_writes_is_not_replaced()
    {
        Train();
        using (new FileStream(Path.Combine(_run, "metrics.csv.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            var (exitCode, _, error) = Tool.RunHere("train", "--environment", "cartpole", "--out", _run, "--overwrite");
            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(error, Does.StartWith($"Another training is being recorded in {_run}"));
        }

        // A killed recorder leaves the file, but no lock.
        Train("--overwrite");
    }

    [Test]
    public void A_finished_run_without_checkpoints_is_not_silently_trained_again()
    {
        Train();
        Directory.Delete(Path.Combine(_run, "checkpoints"), recursive: true);
        var before = Contents();
        var (exitCode, _, error) = Tool.RunHere("resume", _run, "--steps", "2048");

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("There is no checkpoint"));
        Assert.That(Contents(), Is.EqualTo(before));

        // A run that was killed before its first checkpoint starts from the beginning.
        File.Delete(Path.Combine(_run, "model.zip"));
        (exitCode, _, error) = Tool.RunHere("resume", _run);
        Assert.That(exitCode, Is.Zero);
        Assert.That(error, Does.Contain("from the beginning"));
    }

    [Test]
    public void A_file_in_place_of_a_folder_is_refused()
    {
        File.WriteAllText(_run, "");
        foreach (var arguments in new string[][] { ["train", "--environment", "cartpole", "--out", _run], ["resume", _run], ["report", _run] })
        {
            var (exitCode, _, error) = Tool.RunHere(arguments);
            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(error.Trim(), Is.EqualTo($"{_run} is a file: name the folder of a run."));
        }
    }

    [Test]
    public void Files_that_a_killed_run_left_half_written_are_deleted_when_the_run_is_resumed()
    {
        Train();
        string[] halfWritten = ["command.json.abcdefgh.0z5.tmp", "model.zip.ab3defgh.abc.tmp", Path.Combine("plots", "returns.png.abcdefgh.abc.tmp")];
        string[] others = ["notes.txt.abcdefgh.abc.tmp", "model.zip.tmp", "model.zip.mine.tmp", "report.html.writing0.now.tmp"];
        foreach (var file in halfWritten.Concat(others))
            File.WriteAllText(Path.Combine(_run, file), "half");

        using (new FileStream(Path.Combine(_run, others[^1]), FileMode.Open, FileAccess.Write, FileShare.None))
            Assert.That(Tool.RunHere("resume", _run, "--steps", "1536").ExitCode, Is.Zero);

        Assert.That(halfWritten.Where(file => File.Exists(Path.Combine(_run, file))), Is.Empty);
        Assert.That(others.Where(file => !File.Exists(Path.Combine(_run, file))), Is.Empty);

        using (new RunFolder(_run).Lock())
        {
            File.WriteAllText(Path.Combine(_run, halfWritten[0]), "being written");
            Assert.That(Tool.RunHere("resume", _run, "--steps", "2048").ExitCode, Is.EqualTo(1));
            Assert.That(File.Exists(Path.Combine(_run, halfWritten[0])), Is.True, "the folder is another training's");
        }
    }

    private void Train(params string[] more) =>
        Assert.That(Tool.RunHere(["train", "--environment", "cartpole", "--steps", "1024", "--episodes", "0", "--out", _run, .. more]).ExitCode, Is.Zero);

    private Dictionary<string, string> Contents() =>
        Directory.GetFiles(_run, "*", SearchOption.AllDirectories).ToDictionary(path => path, path => Convert.ToHexString(File.ReadAllBytes(path)));
}
