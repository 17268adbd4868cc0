using Spectre.Console;
using Trpo.Tests.Support;

namespace Trpo.Tests.Results;

/// <summary>Tests of the study of intervals and verdicts from logs.</summary>
public sealed class LogsRunTests
{
    [Test]
    public void Results_do_not_depend_on_the_number_of_replications_at_a_time()
    {
        var (one, two) = (new LogStudy(1, default), new LogStudy(2, default));

        Assert.That(two.Cover(-1, rows: 300, replications: 6), Is.EqualTo(one.Cover(-1, rows: 300, replications: 6)));
        Assert.That(two.Judge(600, hasEffect: true, replications: 3), Is.EqualTo(one.Judge(600, hasEffect: true, replications: 3)));
    }

    [Test]
    public void A_logging_policy_that_is_further_away_leaves_fewer_effective_rows()
    {
        var study = new LogStudy(2, default);
        var (near, far) = (study.Cover(3, rows: 300, replications: 5), study.Cover(-9, rows: 300, replications: 5));

        Assert.That(near.EffectiveRows, Is.EqualTo(300).Within(1e-6), "the log is that of the policy itself");
        Assert.That(far.EffectiveRows, Is.LessThan(60));
        Assert.That((near.Trusted, far.Trusted), Is.EqualTo((1.0, 0.0)));
    }

    [Test]
    public void An_interrupted_study_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();

        Assert.That(LogsRun.Execute(500, 200, 1, new DirectoryInfo(folder.FullName), console, cancel.Token), Is.EqualTo(130));
        Assert.That(Directory.GetFiles(folder.FullName), Is.Empty);
        Assert.That(output.ToString(), Does.Contain("Interrupted"));
    }

    // The page is written by the program; its sentences and heads are in the code, its numbers in no test.
    [Test]
    public void The_page_in_the_documentation_is_one_that_the_program_writes()
    {
        using var folder = new TemporaryFolder();
        var path = global::Trpo.Results.Report.LogsDocument.Save([new LogCoverage(-1, 1_000, LogsRun.DefaultReplications, 1, 1, 1, 1, 1)], [new LogVerdicts(2_000, false, true, LogsRun.DefaultVerdicts, 1, 1, 1, 1, 1)], new DirectoryInfo(folder.FullName));
        string[] Sentences(string file) => [.. File.ReadAllLines(file).Where(line => !line.StartsWith("| 2,000", StringComparison.Ordinal) && !line.StartsWith("| 8,000", StringComparison.Ordinal) && !line.StartsWith("| -", StringComparison.Ordinal) || line.StartsWith("| ---", StringComparison.Ordinal))];

        Assert.That(Sentences(Path.Combine(Repository.Root, "docs", "log-verdicts.md")), Is.EqualTo(Sentences(path)));
    }
}
