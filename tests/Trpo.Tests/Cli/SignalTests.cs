using Trpo.Cli.Foundation;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cli;

/// <summary>Tests of ends of the process that come from outside: signals, a closed terminal, and environments that exit.</summary>
public sealed class SignalTests
{
    private const string Enough = "200000000";

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
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void A_burst_of_signals_is_one_interruption([Values("INT 0.02 INT 0.02 INT 0.02 INT 0.02 INT", "HUP TERM INT")] string signals)
    {
        var (exitCode, output, error) = Tool.RunUntil(Path.Combine(_run, "metrics.csv"), signals, "train", "--environment", "cartpole", "--preset", "plain", "--steps", Enough, "--out", _run);

        Assert.That(exitCode, Is.EqualTo(130), output + error);
        Assert.That(error.Trim().Split('\n').Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "Stopping", "Warning:", "Interrupted." }), error);
        Assert.That(Directory.GetFiles(Path.Combine(_run, "checkpoints"), "*.checkpoint"), Is.Not.Empty);
        Assert.That(File.Exists(Path.Combine(_run, "report.html")), Is.True);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are sent with kill.")]
    public void A_signal_after_a_second_ends_a_process_whose_environment_does_not_return()
    {
        var (exitCode, output, error) = Tool.RunUntil(
            _folder.PathOf("stuck"), "INT 1.3 INT", "train", "--assembly", Tool.Environments, "--environment", "Stuck", "--normalize", "off", "--steps", Enough, "--out", _run);

        Assert.That(exitCode, Is.EqualTo(130), output + error);
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1), error);
    }

    [Test]
    public void An_environment_that_exits_does_not_look_like_success()
    {
        foreach (var arguments in new string[][] { ["train", "--normalize", "off", "--out", _run], ["train", "--out", _folder.PathOf("scaled")], ["check"] })
        {
            var (exitCode, output, error) = Tool.Run([.. arguments, "--assembly", Tool.Environments, "--environment", "Quitting"]);

            Assert.That(exitCode, Is.EqualTo(1), output + error);
            Assert.That(error, Does.Contain("Environment.Exit before the command had ended"));
        }
    }

    [Test]
    public void Output_to_a_closed_terminal_is_dropped_and_other_failures_are_reported()
    {
        using (var closed = new TerminalWriter(new BrokenWriter(error: 5)))
        {
            closed.WriteLine("one");
            closed.Write('2');
            closed.Flush();
        }

        using var full = new TerminalWriter(new BrokenWriter(error: 28));
        Assert.Throws<IOException>(() => full.WriteLine("one"));
        Assert.Throws<IOException>(full.Flush);
    }

    private sealed class BrokenWriter(int error) : StringWriter
    {
        public override void Write(ReadOnlySpan<char> buffer) => throw new IOException("It is broken.", error);

        public override void Flush() => throw new IOException("It is broken.", error);
    }
}
