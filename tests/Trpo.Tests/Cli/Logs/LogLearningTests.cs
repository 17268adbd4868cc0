using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs.Learning;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli.Logs;

/// <summary>Tests of what is refused before a policy is learned, and of a training that ends early.</summary>
public sealed class LogLearningTests
{
    private TemporaryFolder _folder = null!;
    private string _csv = null!;
    private string _run = null!;

    [SetUp]
    public void CreateFolder()
    {
        _folder = new TemporaryFolder();
        _run = _folder.PathOf("run");
        _csv = new LogWriter(200).Csv(_folder.PathOf("log.csv"));
    }

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_feature_without_a_value_in_the_rows_that_are_learned_from_is_refused_by_name([Values("late", "7")] string value)
    {
        var path = _folder.PathOf("late.csv");
        File.WriteAllLines(path, Enumerable.Range(0, 100).Select(i => $"{i % 7},{(i < 80 ? "" : value)},{(i % 4 < 2 ? "a" : "b")},0.5,{i % 3}").Prepend("x,new,Action,Probability,Reward"));
        var (exitCode, _, error) = Tool.RunHere("log", "train", "--data", path, "--steps", "1", "--out", _run);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(error, Does.Contain("Column 'new'").And.Contains("no value in the first 70 rows").And.Contains("--ignore").And.Contains("--holdout"));
        Assert.That(_run, Does.Not.Exist);
        Assert.That(Tool.RunHere("log", "train", "--data", path, "--ignore", "new", "--steps", "1", "--out", _run).ExitCode, Is.Zero);
    }

    [Test]
    public void A_file_that_changed_while_it_was_learned_from_leaves_no_run([Values] bool isInterrupted)
    {
        using var interruption = new CancellationTokenSource();
        var progress = new Reaction(() =>
        {
            File.AppendAllText(_csv, "1,phone,30,True,101,0.5,1\n");
            if (isInterrupted)
                interruption.Cancel();
        });

        Assert.That(() => Train(progress, interruption.Token).ExitCode, Throws.InstanceOf<CommandException>().With.Message.Contains("was changed while it was read"));
        Assert.That(_run, Does.Not.Exist);
    }

    [Test]
    public void An_interrupted_training_says_so_after_its_steps()
    {
        using var interruption = new CancellationTokenSource();
        var (exitCode, output, error) = Train(new Reaction(interruption.Cancel), interruption.Token);

        Assert.That(exitCode, Is.EqualTo(130), error);
        Assert.That(output, Does.Contain("Learning was interrupted after 1 step. The policy is that of step "));
    }

    [Test]
    public void The_evaluation_is_printed_before_the_files_are_written()
    {
        var (_, output, error) = Train(null, CancellationToken.None);
        Assert.That(output.IndexOf("gain over the log", StringComparison.Ordinal), Is.InRange(0, output.IndexOf("Wrote ", StringComparison.Ordinal)), error);
    }

    private (int ExitCode, string Output, string Error) Train(IProgress<TrpoFromLogIteration>? progress, CancellationToken cancel)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var file = LogFile.Open(_csv, null, CancellationToken.None);
        var choice = new LogChooser(file, new LogNames { Action = "banner", Reward = "clicked", Probability = "p" }).Choose(needsRewards: true);
        var command = new LogTrainingCommand(new Trpo.Cli.Runs.RunFolder(_run), Overwrite: false, 0.5, 0.95, null, new TrpoFromLogOptions { Seed = 1, Iterations = 3, Progress = progress });
        var training = new LogTraining(command, file, choice, new Terminal(output, error));
        return (training.Execute(cancel), output.ToString(), error.ToString());
    }

    private sealed class Reaction(Action act) : IProgress<TrpoFromLogIteration>
    {
        private bool _isOver;

        public void Report(TrpoFromLogIteration value)
        {
            if (!_isOver)
                act();
            _isOver = true;
        }
    }
}
