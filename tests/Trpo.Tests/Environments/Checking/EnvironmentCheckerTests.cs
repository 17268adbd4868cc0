using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Checking;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Examples.Inventory;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests that environments without a fault pass the check, and of the report.</summary>
public sealed class EnvironmentCheckerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void An_environment_without_a_fault_has_no_findings()
    {
        var report = Check(() => new WalkEnvironment());

        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.HasErrors, Is.False);
        Assert.That(report.ThrowIfFailed, Throws.Nothing);
        Assert.That((report.Name, report.Steps), Is.EqualTo(("Walk", 10_000)));
        Assert.That(report.Episodes, Is.GreaterThan(10_000 / 30));
        Assert.That(report.StepsPerSecond, Is.GreaterThan(1_000));
        Assert.That(report.BytesPerStep, Is.Zero);
        Assert.That(report.ToString(), Does.StartWith("Environment 'Walk': 0 errors, 0 warnings; 10,000 steps in ").And.Contain("steps/s, 0 bytes/step"));
    }

    [Test]
    public void The_classic_environments_pass()
    {
        Func<IEnvironment>[] sound = [() => new CartPole(), () => new MountainCarContinuous(), () => new Pendulum(), () => new TargetEnvironment()];

        Assert.Multiple(() =>
        {
            foreach (var factory in sound)
            {
                var report = Check(factory);
                Assert.That(report.Findings, Is.Empty, report.ToString());
            }
        });
    }

    [TestCase(typeof(MountainCar))]
    [TestCase(typeof(Acrobot))]
    public void Environments_whose_goal_a_random_policy_misses_get_a_warning_only(Type type)
    {
        var report = Check(() => (IEnvironment)Activator.CreateInstance(type)!);

        Assert.That(FaultsOf(report), Is.EqualTo(new[] { EnvironmentFault.RewardConstant }), report.ToString());
        Assert.That(report.HasErrors, Is.False);
    }

    [Test]
    public void Typed_rows_pass()
    {
        var report = Check(() => new TimeLimit(new InventoryEnvironment(), InventoryEnvironment.Days));

        Assert.That(report.Findings, Is.Empty, report.ToString());
    }

    [Test]
    public void The_environment_of_the_documentation_passes()
    {
        var ml = _ml;

        var report = ml.ReinforcementLearning.CheckEnvironment(() => new TimeLimit(new Thermostat(), 200));
        Console.WriteLine(report);
        report.ThrowIfFailed();                                 // warnings are for you to judge

        Assert.That(FaultsOf(report), Is.EqualTo(new[] { EnvironmentFault.ObservationsUnscaled }), report.ToString());
        Assert.That(Documentation.Excerpts("environments.md", "## Check it first")[0], Is.Not.Empty);
        Assert.That(Documentation.Quotes(
            Documentation.Excerpts("environments.md", "## Check it first")[0], Path.Combine(Repository.Root, "tests", "Trpo.Tests", "Environments", "Checking")), Is.True);
    }

    [Test]
    public void An_environment_that_throws_on_forbidden_choices_passes()
    {
        var report = Check(() => new Lift());

        Assert.That(report.Findings, Is.Empty, report.ToString());
        Assert.That(report.Steps, Is.EqualTo(10_000));
    }

    [Test]
    public void A_lottery_of_one_step_passes()
    {
        var report = Check(() => new Bandit(isSeeded: true));

        Assert.That(report.Findings, Is.Empty, report.ToString());
    }

    // Four frames of 84 by 84, as policies of images have.
    [Test]
    public void The_check_of_large_observations_needs_little_memory()
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var report = _ml.ReinforcementLearning.CheckEnvironment(() => new Images(28_224), steps: 2_000);

        Assert.That(report.HasErrors, Is.False, report.ToString());
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - allocated, Is.LessThan(500_000_000));
    }

    [Test]
    public void A_check_can_be_cancelled_between_two_steps()
    {
        using var cancellation = new CancellationTokenSource();
        var (steps, disposed) = (0, 0);
        Assert.That(
            () => _ml.ReinforcementLearning.CheckEnvironment(() => new Counted(
                () =>
                {
                    if (++steps == 100)
                        cancellation.Cancel();
                },
                () => disposed++), cancellation: cancellation.Token),
            Throws.TypeOf<OperationCanceledException>());
        Assert.That((steps, disposed), Is.EqualTo((100, 3)));
    }

    [Test]
    public void Every_action_space_is_tried_at_its_bounds()
    {
        (ActionSpace Actions, string[] Expected)[] cases =
        [
            (ActionSpace.Discrete(3), ["0", "1", "2"]),
            (ActionSpace.MultiDiscrete([3, 2]), ["0 0", "2 1", "2 0", "0 1"]),
            (ActionSpace.MultiBinary(2), ["0 0", "1 1", "1 0", "0 1"]),
            (ActionSpace.Box([-0.5f], [1]), ["-0.5", "1"]),
            (ActionSpace.Box([-1, float.NegativeInfinity], [5, float.PositiveInfinity]), ["-1 -3", "5 3", "5 -3", "-1 3"]),
        ];

        Assert.Multiple(() =>
        {
            foreach (var (actions, expected) in cases)
            {
                var seen = new List<string>();
                Check(() => new Listening(actions, seen));
                Assert.That(seen, Is.SupersetOf(expected), actions.ToString());
            }
        });
    }

    [Test]
    public void A_report_lists_all_findings_with_errors_first()
    {
        var report = Check(() => new Twice());
        var lines = report.ToString().Split(Environment.NewLine);

        Assert.That(FaultsOf(report), Is.EqualTo(new[] { EnvironmentFault.ObservationOutOfBounds, EnvironmentFault.RewardHuge }));
        Assert.That(lines[0], Does.StartWith("Environment 'Walk': 1 error, 1 warning; "));
        Assert.That(lines[1], Does.StartWith("  Error ObservationOutOfBounds: Environment 'Walk' gave "));
        Assert.That(lines[2], Does.StartWith("  Warning RewardHuge: Environment 'Walk' returned the reward "));
        Assert.That(report.ThrowIfFailed, Throws.TypeOf<EnvironmentException>().With.Message.EqualTo(report.ToString()));
    }

    [Test]
    public void Repeated_checks_give_equal_findings()
    {
        var (first, second) = (Check(() => new Twice()), Check(() => new Twice()));

        Assert.That(first.Findings, Is.EqualTo(second.Findings));
        Assert.That((first.Steps, first.Episodes), Is.EqualTo((second.Steps, second.Episodes)));
    }

    [Test]
    public void Every_environment_is_disposed_and_the_steps_are_bounded()
    {
        var (created, disposed, steps) = (0, 0, 0);
        var report = _ml.ReinforcementLearning.CheckEnvironment(
            () =>
            {
                created++;
                return new Counted(() => steps++, () => disposed++);
            },
            steps: 1_000);

        Assert.That((created, disposed), Is.EqualTo((3, 3)));
        Assert.That(report.Steps, Is.EqualTo(1_000));
        Assert.That(steps, Is.InRange(1_000, 3_000));
    }

    [Test]
    public void A_cancellation_of_the_environment_s_own_is_a_finding()
    {
        var disposed = 0;
        var report = Check(() => new Counted(() => throw new OperationCanceledException("No answer."), () => disposed++));

        Assert.That(FaultsOf(report), Is.EqualTo(new[] { EnvironmentFault.StepFailed }), report.ToString());
        Assert.That(report.Findings[0].Message, Does.Contain("at step 1 of its episode: No answer."));
        Assert.That(disposed, Is.EqualTo(3));
    }

    [Test]
    public void An_environment_that_observes_the_token_of_the_check_is_cancelled()
    {
        using var cancellation = new CancellationTokenSource();
        var (steps, disposed) = (0, 0);
        var exception = Assert.Throws<OperationCanceledException>(() => _ml.ReinforcementLearning.CheckEnvironment(
            () => new Counted(
                () =>
                {
                    if (++steps == 100)
                        cancellation.Cancel();
                    cancellation.Token.ThrowIfCancellationRequested();
                },
                () => disposed++),
            cancellation: cancellation.Token))!;

        Assert.That(exception.CancellationToken, Is.EqualTo(cancellation.Token));
        Assert.That((steps, disposed), Is.EqualTo((100, 3)));
    }

    [Test]
    public void A_timeout_of_the_constructor_and_of_Dispose_are_findings()
    {
        var factory = _ml.ReinforcementLearning.CheckEnvironment(() => throw new TaskCanceledException("No licence."));
        var dispose = Check(() => new Counted(() => { }, () => throw new TaskCanceledException("Still busy.")));

        Assert.That(FaultsOf(factory), Is.EqualTo(new[] { EnvironmentFault.FactoryFailed }), factory.ToString());
        Assert.That(factory.Findings[0].Message, Does.Contain("No licence.").And.Contain("TaskCanceledException"));
        Assert.That(FaultsOf(dispose), Is.EqualTo(new[] { EnvironmentFault.DisposeFailed }), dispose.ToString());
    }

    [Test]
    public void Numbers_out_of_range_are_refused()
    {
        Assert.That(() => _ml.ReinforcementLearning.CheckEnvironment(null!), Throws.ArgumentNullException);
        Assert.That(() => _ml.ReinforcementLearning.CheckEnvironment(() => new CartPole(), steps: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => _ml.ReinforcementLearning.CheckEnvironment(() => new CartPole(), episodeStepLimit: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    private EnvironmentReport Check(Func<IEnvironment> factory) => _ml.ReinforcementLearning.CheckEnvironment(factory);

    private static IEnumerable<EnvironmentFault> FaultsOf(EnvironmentReport report) => report.Findings.Select(finding => finding.Fault);

    private sealed class Listening(ActionSpace actions, List<string> seen) : WalkEnvironment
    {
        public override ActionSpace ActionSpace => actions;

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            seen.Add(string.Join(' ', action.Values.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture))));
            return base.Step(action, observation);
        }
    }

    private sealed class Twice : WalkEnvironment
    {
        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            observation[0] = Math.Abs(observation[0]) > 0.9f ? 3 : observation[0];
            return result with { Reward = result.Reward * 1e7 };
        }
    }

    private sealed class Counted(Action step, Action dispose) : WalkEnvironment, IDisposable
    {
        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            step();
            return base.Step(action, observation);
        }

        public void Dispose() => dispose();
    }

    private sealed class Images(int length) : WalkEnvironment
    {
        public override ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(length);

        public override void Reset(int? seed, Span<float> observation)
        {
            base.Reset(seed, observation);
            observation.Fill((float)Position);
        }

        public override StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            var result = base.Step(action, observation);
            observation.Fill((float)Position);
            return result;
        }
    }
}
