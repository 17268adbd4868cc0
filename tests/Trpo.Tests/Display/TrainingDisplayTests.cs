using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Display;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Logs.Learning;
using Trpo.Tests.Logs.Learning;
using Trpo.Tests.Support;

namespace Trpo.Tests.Display;

/// <summary>Progress of real trainings on a terminal of the test.</summary>
public sealed class TrainingDisplayTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_000, StepsPerIteration = 100, FinalStepsPerIteration = 100, HiddenLayers = [8], Seed = 3 };

    [TestCase(true)]
    [TestCase(false)]
    public void A_display_changes_no_bit_of_the_policy(bool isInteractive)
    {
        var terminal = new RecordedTerminal(isInteractive);

        Assert.That(Fit(Small with { Progress = ConsoleOn(terminal) }), Is.EqualTo(Fit(Small with { Progress = TrpoProgress.None })));
        Assert.That(terminal.Screen, Has.Count.EqualTo(isInteractive ? 2 : 11));
        Assert.That(terminal.Screen[^2], Does.StartWith("100%  1,000 of 1,000 steps  return").And.Match(@"after \d\.\d s$"));
        Assert.That(terminal.Screen[^1], Is.Empty);
    }

    [Test]
    public void A_cancelled_training_ends_its_line()
    {
        using var cancellation = new CancellationTokenSource();
        var terminal = new RecordedTerminal(isInteractive: true);
        Fit(Small with { Progress = TrpoProgress.Combine(ConsoleOn(terminal), new Listener(iteration => CancelAt(iteration, cancellation))), Cancellation = cancellation.Token });

        Assert.That(terminal.Screen[0], Does.StartWith(" 30%"));
        Assert.That(terminal.Screen[1], Does.StartWith("warning: "));
        Assert.That(terminal.Screen[^1], Is.Empty);

        static void CancelAt(TrpoIteration iteration, CancellationTokenSource cancellation)
        {
            if (iteration.Steps == 300)
                cancellation.Cancel();
        }
    }

    [Test]
    public void A_training_that_reaches_its_goal_ends_its_line()
    {
        var terminal = new RecordedTerminal(isInteractive: true);
        Fit(Small with { TotalSteps = 100_000, TargetReturn = 1, Progress = ConsoleOn(terminal) });

        Assert.That(terminal.Screen, Has.Count.EqualTo(2));
        Assert.That(terminal.Screen[0], Does.Match(@"^ *[1-9]\d?%"));
    }

    [TestCase(0)]
    [TestCase(250)]
    public void A_training_that_fails_ends_its_line(int step)
    {
        var (terminal, steps) = (new RecordedTerminal(isInteractive: true), 0);
        var ml = new MLContext(1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new FragileEnvironment { Stepping = _ => Step() }, count: 1);

        Assert.Throws<EnvironmentException>(() => ml.ReinforcementLearning.Trainers.Trpo(environment, Small with { Progress = ConsoleOn(terminal) }).Fit(environment));
        Assert.That(terminal.Screen[^1], Is.Empty);
        Assert.That(terminal.Screen, Has.Count.EqualTo(step == 0 ? 1 : 2));

        void Step()
        {
            if (steps++ >= step)
                throw new InvalidOperationException("broken");
        }
    }

    [Test]
    public void A_receiver_that_passes_iterations_on_needs_to_know_nothing_of_it()
    {
        var terminal = new RecordedTerminal(isInteractive: true);
        var console = ConsoleOn(terminal);
        Fit(Small with { TotalSteps = 100_000, TargetReturn = 1, Progress = new Listener(console.Report) });

        Assert.That(terminal.Screen, Has.Count.EqualTo(2), "ended before the last step");
    }

    [Test]
    public void A_broken_console_is_a_warning_of_the_training()
    {
        var terminal = new RecordedTerminal(isInteractive: true) { Failure = new IOException("Broken pipe") };
        var ml = new MLContext(1);
        var warnings = new List<string>();
        ml.Log += (_, message) =>
        {
            if (message.Message.Contains("no longer shown", StringComparison.Ordinal))
                warnings.Add(message.Message);
        };

        Assert.That(Fit(Small with { Progress = ConsoleOn(terminal) }, ml), Is.EqualTo(Fit(Small)));
        Assert.That(warnings, Has.Count.EqualTo(1).And.One.Contains("IOException: Broken pipe"));
    }

    [Test]
    public void A_warning_of_the_training_stands_below_its_line()
    {
        var terminal = new RecordedTerminal(isInteractive: true, width: 200);
        Fit(Small with { TotalSteps = 10, StepsPerIteration = 10, FinalStepsPerIteration = 10, Progress = ConsoleOn(terminal) });

        Assert.That(terminal.Screen, Has.Count.EqualTo(3));
        Assert.That(terminal.Screen[1], Is.EqualTo("warning: No episode of environment 'CartPole' ended within 10 steps."));
    }

    [Test]
    public void Two_trainings_at_once_have_a_line_each()
    {
        var terminal = new RecordedTerminal(isInteractive: true, width: 200);
        var console = ConsoleOn(terminal);
        using var both = new Barrier(2);
        Parallel.Invoke(() => Train("one"), () => Train("two"));

        Assert.That(terminal.Screen, Has.Count.EqualTo(3));
        Assert.That(terminal.Screen.Take(2), Is.EquivalentTo(new[] { "CartPole  100%", "CartPole (2)  100%" }).Using<string, string>((line, begin) => line.StartsWith(begin, StringComparison.Ordinal)));

        void Train(string name)
        {
            var isFirst = true;
            Fit(Small with { Progress = TrpoProgress.Combine(console, new Listener(_ => Meet())) });

            void Meet()
            {
                if (isFirst)
                    Assert.That(both.SignalAndWait(TimeSpan.FromMinutes(1)), name);
                isFirst = false;
            }
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Learning_from_a_log_shows_its_steps(bool isInteractive)
    {
        var terminal = new RecordedTerminal(isInteractive);
        var console = new ConsoleProgress<TrpoFromLogIteration>(new ConsoleDisplay(terminal, new ManualClock()), "reading ...", TrpoFromLogProgress.Read);
        var rows = TinyLog.Rows(times: 100);
        using var shown = TinyLog.Learn(rows, new() { Iterations = 10, Progress = TrpoFromLogProgress.Combine(console) });
        using var silent = TinyLog.Learn(rows, new() { Iterations = 10, Progress = TrpoFromLogProgress.None });

        Assert.That(shown.Onnx.ToArray(), Is.EqualTo(silent.Onnx.ToArray()));
        Assert.That(terminal.Screen[^1], Is.Empty);
        Assert.That(terminal.Screen.Last(line => line.Contains('%', StringComparison.Ordinal)), Does.Match(@"^[ \d]{3}%  [ \d]{2} of 10 steps  held out [ \d.]{6}  KL .*  after 0\.0 s$"));
    }

    [Test]
    public void Combined_receivers_are_called_in_their_order_and_none_may_be_null()
    {
        var order = new List<string>();
        TrpoProgress.Combine(new Listener(_ => order.Add("one")), TrpoProgress.None, new Listener(_ => order.Add("two"))).Report(Iterations.Healthy(1));

        Assert.That(order, Is.EqualTo(new[] { "one", "two" }));
        Assert.That(() => TrpoProgress.Combine(TrpoProgress.None, null!), Throws.ArgumentNullException);
        Assert.That(() => TrpoProgress.Combine(new Throwing()).Report(Iterations.Healthy(1)), Throws.InvalidOperationException);
    }

    private static ConsoleProgress<TrpoIteration> ConsoleOn(RecordedTerminal terminal) => new(new ConsoleDisplay(terminal, new ManualClock()), "collecting ...", TrpoProgress.Read);

    private static byte[] Fit(TrpoOptions options, MLContext? ml = null)
    {
        ml ??= new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, options).Fit(cartPole);
        return policy.Onnx.ToArray();
    }

    private sealed class Throwing : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => throw new InvalidOperationException("of the receiver");
    }
}
