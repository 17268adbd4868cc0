using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs.Learning;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of the folder of a training from a log.</summary>
public sealed class LogFolderTests
{
    private TemporaryFolder _folder = null!;
    private string _csv = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _csv = new LogWriter(200).Csv(_folder.PathOf("log.csv"));
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_run_that_comes_between_the_first_check_and_the_lock_is_not_replaced()
    {
        var run = Directory.CreateDirectory(_folder.PathOf("run")).FullName;
        var other = Path.Combine(run, "log.json");
        File.WriteAllText(other, "of another command");

        Assert.That(() => Train(run, new TrpoFromLogOptions { Iterations = 1 }), Throws.InstanceOf<CommandException>().With.Message.Contains($"There is a run in {run}"));
        Assert.That(Directory.GetFileSystemEntries(run), Is.EqualTo(new[] { other }));
        Assert.That(File.ReadAllText(other), Is.EqualTo("of another command"));
    }

    [Test]
    public void Folders_that_a_refused_training_created_are_deleted()
    {
        Assert.That(() => Train(_folder.PathOf("runs/new/1"), new TrpoFromLogOptions { Iterations = 0 }), Throws.InstanceOf<CommandException>().With.Message.Contains("Iterations"));
        Assert.That(_folder.PathOf("runs"), Does.Not.Exist);
    }

    [Test]
    public void Folders_that_were_there_before_a_refused_training_and_files_of_others_stay()
    {
        var run = Directory.CreateDirectory(_folder.PathOf("runs")).FullName;
        Assert.That(() => Train(Path.Combine(run, "1"), new TrpoFromLogOptions { Iterations = 0 }), Throws.InstanceOf<CommandException>());
        Assert.That(() => Train(run, new TrpoFromLogOptions { Iterations = 0 }), Throws.InstanceOf<CommandException>());
        Assert.That(Directory.GetFileSystemEntries(run), Is.Empty);
        Assert.That(run, Does.Exist);
    }

    [Test]
    public void A_folder_without_a_model_is_refused_with_what_can_be_done()
    {
        var run = Directory.CreateDirectory(_folder.PathOf("run")).FullName;
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", _csv).Error, Does.Contain($"There is no model in {run}: name the folder of a run").And.Not.Contains("trpo resume"));

        File.WriteAllText(Path.Combine(run, "log.json"), "{}");
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", _csv).Error, Does.Contain("Run it again, with --overwrite").And.Not.Contains("trpo resume"));

        File.WriteAllText(Path.Combine(run, "command.json"), "{}");
        Assert.That(Tool.RunHere("log", "evaluate", run, "--data", _csv).Error, Does.Contain($"`trpo resume {run}`"));
    }

    private void Train(string run, TrpoFromLogOptions options)
    {
        using var file = CsvLog.Create(_csv, CancellationToken.None);
        var choice = new LogChooser(file, new LogNames { Action = "banner", Reward = "clicked", Probability = "p" }).Choose(needsRewards: true);
        var command = new LogTrainingCommand(new Trpo.Cli.Runs.RunFolder(run), Overwrite: false, HoldOut: 0.3, VerdictLevel: 0.95, Table: null, options with { Seed = 1 });
        new LogTraining(command, file, choice, new Terminal(TextWriter.Null, TextWriter.Null)).Execute(CancellationToken.None);
    }
}
