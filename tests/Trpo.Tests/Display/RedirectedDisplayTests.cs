using Trpo.Estimators;
using Trpo.Estimators.Display;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>The display of trainings where lines follow each other, and the choice between the two.</summary>
public sealed class RedirectedDisplayTests
{
    [Test]
    public void Each_tenth_of_the_steps_has_a_line()
    {
        var (terminal, progress) = Create();
        Train(progress, "CartPole", iterations: 100);

        Assert.That(terminal.Writes.Select(line => line[..4]), Is.EqualTo(new[] { " 10%", " 20%", " 30%", " 40%", " 50%", " 60%", " 70%", " 80%", " 90%", "100%" }));
        Assert.That(terminal.Writes[0], Is.EqualTo($" 10%   5,000 of 50,000 steps  return     40  KL   0.009  2,000 steps/s  22 s left{Environment.NewLine}"));
        Assert.That(terminal.Writes[^1], Is.EqualTo($"100%  50,000 of 50,000 steps  return    200  KL   0.009  2,000 steps/s  after 25 s{Environment.NewLine}"));
    }

    [Test]
    public void A_training_that_ends_early_has_a_last_line()
    {
        var (terminal, progress) = Create();
        Train(progress, "CartPole", iterations: 25);

        Assert.That(terminal.Writes.Select(line => line[..4]), Is.EqualTo(new[] { " 10%", " 20%", " 25%" }));
        Assert.That(terminal.Writes[^1], Does.EndWith("after 6.2 s" + Environment.NewLine));
    }

    [Test]
    public void A_training_without_an_iteration_has_no_line()
    {
        var (terminal, progress) = Create();
        Train(progress, "CartPole", iterations: 0);

        Assert.That(terminal.Writes, Is.Empty);
    }

    [Test]
    public void Unknown_totals_have_a_line_each_time_the_steps_double()
    {
        var (terminal, progress) = Create();
        for (var number = 1; number <= 100; number++)
            progress.Report(Iterations.Healthy(number) with { TotalSteps = 0 });

        Assert.That(terminal.Screen.Select(line => line.Split(' ')[0]), Is.EqualTo(new[] { "500", "1,000", "1,500", "2,500", "4,500", "8,500", "16,500", "33,000", "" }));
    }

    [Test]
    public void Lines_of_trainings_at_once_begin_with_their_names()
    {
        var (terminal, progress) = Create();
        using (var slow = new TrainingRun<TrpoIteration>("Slow", progress, Assert.Fail))
        {
            slow.Report(Iterations.Healthy(10) with { Run = slow });
            Train(progress, "Fast", iterations: 10);
            slow.Report(Iterations.Healthy(20) with { Run = slow });
        }

        Train(progress, "Later", iterations: 10);
        Assert.That(terminal.Writes.Select(line => line[..10]), Is.EqualTo(new[] { " 10%   5,0", "Fast   10%", "Slow   20%", " 10%   5,0" }));
    }

    [TestCase(true, null, null, false, ExpectedResult = false, TestName = "{m}(redirected)")]
    [TestCase(false, "xterm", null, true, ExpectedResult = false, TestName = "{m}(another writer)")]
    [TestCase(false, "dumb", null, false, ExpectedResult = false, TestName = "{m}(dumb)")]
    [TestCase(false, "xterm", "1", false, ExpectedResult = false, TestName = "{m}(no color)")]
    [TestCase(false, "xterm", "", false, ExpectedResult = true, TestName = "{m}(empty NO_COLOR)")]
    [TestCase(false, null, null, false, ExpectedResult = true, TestName = "{m}(Windows)")]
    public bool A_line_is_rewritten_on_a_terminal_that_can(bool isRedirected, string? term, string? noColor, bool isReplaced)
    {
        var facts = new OutputFacts { IsRedirected = isRedirected, IsReplaced = isReplaced, Term = term, NoColor = noColor, HasUser = true };
        Assert.That(facts.ShowsByDefault, Is.EqualTo(facts.IsInteractive));
        return facts.IsInteractive;
    }

    [Test]
    public void Services_and_tests_show_nothing_by_default()
    {
        var terminal = new OutputFacts { Term = "xterm", HasUser = true };

        Assert.That(terminal.ShowsByDefault);
        Assert.That((terminal with { HasUser = false }).ShowsByDefault, Is.False);
        Assert.That((terminal with { IsTestHost = true }).ShowsByDefault, Is.False);
        Assert.That(TrpoProgress.Default, Is.Null, "these tests are tests");
        Assert.That(AppDomain.CurrentDomain.GetAssemblies().Any(assembly => OutputFacts.IsOfTestHost(assembly.GetName().Name)));
    }

    [TestCase("testhost", true)]
    [TestCase("nunit.framework", true)]
    [TestCase("xunit.v3.core", true)]
    [TestCase("Microsoft.Testing.Platform", true)]
    [TestCase("Microsoft.VisualStudio.TestPlatform.Common", true)]
    [TestCase("Nunitarian", false)]
    [TestCase("Trpo.Estimators", false)]
    [TestCase(null, false)]
    public void Test_hosts_are_known_by_their_assemblies(string? assembly, bool expected) => Assert.That(OutputFacts.IsOfTestHost(assembly), Is.EqualTo(expected));

    private static void Train(IProgress<TrpoIteration> progress, string name, int iterations)
    {
        using var run = new TrainingRun<TrpoIteration>(name, progress, Assert.Fail);
        for (var number = 1; number <= iterations; number++)
            run.Report(Iterations.Healthy(number) with { Run = run });
    }

    private static (RecordedTerminal Terminal, IProgress<TrpoIteration> Progress) Create()
    {
        var terminal = new RecordedTerminal(isInteractive: false);
        return (terminal, new ConsoleProgress<TrpoIteration>(new ConsoleDisplay(terminal, new ManualClock()), "", TrpoProgress.Read));
    }
}
