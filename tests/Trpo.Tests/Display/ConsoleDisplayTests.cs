using Trpo.Estimators;
using Trpo.Estimators.Display;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>The display of trainings on a terminal whose lines are rewritten.</summary>
public sealed class ConsoleDisplayTests
{
    private const string Opening = "collecting the first steps ...";

    private readonly ManualClock _clock = new();

    [Test]
    public void One_line_is_rewritten_at_most_five_times_a_second_and_stays_at_the_end()
    {
        var (terminal, progress) = Create();
        using (var run = Begin(progress, "CartPole"))
        {
            Assert.That(terminal.Screen, Is.EqualTo(new[] { Opening }));
            for (var number = 1; number <= 100; number++)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(10));
                run.Report(Iterations.Healthy(number) with { Run = run });
            }
        }

        Assert.That(terminal.Screen, Is.EqualTo(new[] { "100%  50k of 50k steps  return    200  KL   0.009  2,000 steps/s  after 25 s", "" }));
        Assert.That(terminal.Writes, Has.Count.EqualTo(1 + 5 + 1), "the opening, five in a second of which the last is that of the end, and the line that stays");
    }

    [Test]
    public void A_shorter_line_leaves_nothing_of_a_longer_one()
    {
        var (terminal, progress) = Create();
        using var run = Begin(progress, "CartPole");
        run.Report(Slow(2_000) with { Run = run });
        run.Report(Iterations.Healthy(100) with { Run = run });

        Assert.That(terminal.Screen.Single(), Does.StartWith("100%  50k of 50k steps").And.EndsWith("0 s left"));
    }

    [Test]
    public void A_training_that_ends_early_leaves_its_last_iteration_even_where_it_was_not_shown()
    {
        var (terminal, progress) = Create();
        using (var run = Begin(progress, "CartPole"))
        {
            run.Report(Iterations.Healthy(20) with { Run = run });
            run.Report(Iterations.Healthy(21) with { Run = run });
        }

        Assert.That(terminal.Screen, Is.EqualTo(new[] { " 21%  10k of 50k steps  return     84  KL   0.009  2,000 steps/s  after 5.2 s", "" }));
    }

    [Test]
    public void A_training_without_an_iteration_leaves_nothing()
    {
        var (terminal, progress) = Create();
        Begin(progress, "CartPole").Dispose();

        Assert.That(terminal.Screen, Is.EqualTo(new[] { "" }));
    }

    [TestCase(20)]
    [TestCase(80)]
    [TestCase(200)]
    public void Trainings_at_once_share_the_line_and_the_first_to_end_leaves_its_own_above(int width)
    {
        var (terminal, progress) = Create(width);
        using var slow = Begin(progress, "Slow");
        using (var fast = Begin(progress, "Fast"))
        {
            slow.Report(Iterations.Healthy(10) with { Run = slow });
            _clock.Advance(TimeSpan.FromSeconds(1));
            fast.Report(Iterations.Healthy(100) with { Run = fast });
            Assert.That(terminal.Screen.Single(), width > 20 ? Does.Match(@"^Slow +10%.* \| Fast +100%") : Is.EqualTo("Slow   10% | 1 more"));
        }

        Assert.That(terminal.Screen, Has.Count.EqualTo(2));
        Assert.That(terminal.Screen[0], Does.StartWith("Fast  100%"));
        Assert.That(terminal.Screen[1], Does.StartWith("Slow   10%"));
        Assert.That(terminal.Screen[1], Does.Not.Contain("|"));
        slow.Dispose();
        Assert.That(terminal.Screen, Has.Count.EqualTo(3));
        Assert.That(terminal.Screen[1], Does.StartWith("Slow   10%"));
    }

    [Test]
    public void Trainings_of_one_name_are_numbered_and_no_name_moves_the_cursor()
    {
        var (terminal, progress) = Create(width: 200);
        using var one = Begin(progress, "Cart\r\nPole\e");
        using var other = Begin(progress, "Cart\r\nPole\e");
        one.Report(Iterations.Healthy(1) with { Run = one });
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        other.Report(Iterations.Healthy(1) with { Run = other });

        Assert.That(terminal.Screen.Single(), Does.StartWith("Cart??Pole?    1%").And.Contain(" | Cart??Pole? (2)    1%"));
    }

    [Test]
    public void Iterations_of_no_training_end_their_line_with_the_last_step_or_where_they_begin_again()
    {
        var (terminal, progress) = Create();
        progress.Report(Iterations.Healthy(3));
        progress.Report(Iterations.Healthy(1));
        progress.Report(Iterations.Healthy(100));

        Assert.That(terminal.Screen, Has.Count.EqualTo(3));
        Assert.That(terminal.Screen[0], Does.StartWith("  3%"));
        Assert.That(terminal.Screen[1], Does.StartWith("100%"));
        Assert.That(terminal.Screen[2], Is.Empty);
    }

    [Test]
    public void Iterations_that_are_forwarded_after_the_end_are_not_shown()
    {
        var (terminal, progress) = Create();
        var run = Begin(progress, "CartPole");
        run.Report(Iterations.Healthy(1) with { Run = run });
        run.Dispose();
        progress.Report(Iterations.Healthy(100) with { Run = run });

        Assert.That(terminal.Screen, Has.Count.EqualTo(2));
        Assert.That(terminal.Screen[0], Does.StartWith("  1%"));
    }

    [Test]
    public void A_console_that_fails_is_a_warning_and_no_exception()
    {
        var (terminal, progress) = Create();
        var warnings = new List<string>();
        using (var run = new TrainingRun<TrpoIteration>("CartPole", progress, warnings.Add))
        {
            terminal.Failure = new IOException("Broken pipe");
            for (var number = 1; number <= 100; number++)
                run.Report(Iterations.Healthy(number) with { Run = run });
            terminal.Failure = null;
        }

        Assert.That(warnings, Is.EqualTo(new[] { "Progress is no longer shown on the console: IOException: Broken pipe" }));
        Assert.That(terminal.Writes, Has.Count.EqualTo(1), "the opening");
    }

    [Test]
    public void A_line_shows_between_iterations_that_training_goes_on_until_it_ends()
    {
        var (terminal, progress) = Create();
        var run = Begin(progress, "CartPole");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(terminal.Screen.Single(), Is.EqualTo($"{Opening}  5 s"));

        _clock.Advance(TimeSpan.FromSeconds(0.3));
        run.Report(Iterations.Healthy(10) with { Run = run, Elapsed = TimeSpan.FromSeconds(100) });
        Assert.That(terminal.Screen.Single(), Does.EndWith("50 steps/s  15 min left"));
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.That(terminal.Screen.Single(), Does.StartWith(" 10%").And.EndsWith("14 min left  this iteration 2 min"));
        run.Dispose();
        var writes = terminal.Writes.Count;
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.That(terminal.Writes, Has.Count.EqualTo(writes));
        Assert.That(_clock.TimerCount, Is.Zero);
    }

    [Test]
    public void A_console_that_fails_between_iterations_is_a_warning_of_the_next_one()
    {
        var (terminal, progress) = Create();
        var warnings = new List<string>();
        using var run = new TrainingRun<TrpoIteration>("CartPole", progress, warnings.Add);
        terminal.Failure = new IOException("Broken pipe");
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(warnings, Is.Empty, "the timer's thread is not that of the training");
        Assert.That(_clock.TimerCount, Is.Zero);

        for (var number = 1; number <= 2; number++)
            run.Report(Iterations.Healthy(number) with { Run = run });
        Assert.That(warnings, Is.EqualTo(new[] { "Progress is no longer shown on the console: IOException: Broken pipe" }));
    }

    [Test]
    public void Warnings_stand_below_the_last_line_within_the_width()
    {
        var (terminal, progress) = Create(width: 30);
        using (var run = Begin(progress, "CartPole"))
        {
            for (var number = 1; number <= 7; number++)
                run.Keep(FormattableString.Invariant($"Observation {number} is large.\nPut a normalizer in front."));
            run.Report(Iterations.Healthy(100) with { Run = run });
        }

        Assert.That(terminal.Screen, Has.Count.EqualTo(1 + (5 * 3) + 2 + 1));
        Assert.That(terminal.Screen[0], Does.StartWith("100%"));
        Assert.That(terminal.Screen.Skip(1).Take(3), Is.EqualTo(new[] { "warning: Observation 1 is", "large. Put a normalizer in", "front." }));
        Assert.That(terminal.Screen.Skip(16), Is.EqualTo(new[] { "2 more warnings are in", "MLContext.Log.", "" }));
    }

    [Test]
    public void Iterations_between_two_refreshes_allocate_nothing()
    {
        var (_, progress) = Create();
        using var run = Begin(progress, "CartPole");
        var iteration = Iterations.Healthy(1) with { Run = run };
        run.Report(iteration);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            run.Report(iteration);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Many_threads_report_at_once()
    {
        var terminal = new RecordedTerminal(isInteractive: false);
        var progress = ProgressOn(terminal);
        Parallel.For(0, 8, training =>
        {
            using var run = Begin(progress, FormattableString.Invariant($"training {training}"));
            for (var number = 1; number <= 100; number++)
                run.Report(Iterations.Healthy(number) with { Run = run });
        });

        Assert.That(terminal.Writes, Has.Count.EqualTo(80));
        Assert.That(terminal.Writes, Has.All.Match(@"^(training \d( \(2\))?  )?[ \d]{3}%  [^\r\n]+\r?\n$"));
    }

    private static TrpoIteration Slow(int seconds) => Iterations.Healthy(1) with { Elapsed = TimeSpan.FromSeconds(seconds) };

    private static TrainingRun<TrpoIteration> Begin(IProgress<TrpoIteration> progress, string name) => new(name, progress, warning => Assert.Fail(warning));

    private (RecordedTerminal Terminal, IProgress<TrpoIteration> Progress) Create(int width = 80)
    {
        var terminal = new RecordedTerminal(isInteractive: true, width);
        return (terminal, ProgressOn(terminal));
    }

    private ConsoleProgress<TrpoIteration> ProgressOn(RecordedTerminal terminal) => new(new ConsoleDisplay(terminal, _clock), Opening, TrpoProgress.Read);
}
