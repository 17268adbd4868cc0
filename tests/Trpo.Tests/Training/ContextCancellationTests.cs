using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The cancellation of a context, which ML.NET's own trainers hear too, beside that of a token.</summary>
public sealed class ContextCancellationTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 600, StepsPerIteration = 100, HiddenLayers = [8], Seed = 3 };

    private MLContext _ml = null!;
    private int _steps;
    private int _cancelAt;

    [SetUp]
    public void CreateContext() => (_ml, _steps, _cancelAt) = (new MLContext(seed: 1), 0, int.MaxValue);

    [Test]
    public void Fit_throws_what_trainers_of_ml_nets_throw_before_the_next_step([Values(1, 250, 251)] int cancelAt)
    {
        var view = View();
        _cancelAt = cancelAt;

        Assert.That(() => Trainer(view, Small).Fit(view), Throws.TypeOf<OperationCanceledException>().With.Message.EqualTo("Operation was canceled."));
        Assert.That(_steps, Is.EqualTo((cancelAt + 1) / 2 * 2), "two environments");
    }

    [Test]
    public void A_token_still_returns_the_policy_of_the_last_update()
    {
        using var cancellation = new CancellationTokenSource();
        var view = View(() =>
        {
            if (_steps == 250)
                cancellation.Cancel();
        });
        using var policy = Trainer(view, Small with { Cancellation = cancellation.Token }).Fit(view);

        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("200"));
    }

    [Test]
    public void A_training_resumes_from_the_checkpoint_of_its_cancellation_in_another_context()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new CheckpointOptions { Folder = folder.FullName, Resume = true } };
        var whole = View();
        using var expected = Trainer(whole, Small).Fit(whole);

        (_steps, _cancelAt) = (0, 350);
        var view = View();
        Assert.That(() => Trainer(view, options).Fit(view), Throws.TypeOf<OperationCanceledException>());
        Assert.That(Directory.GetFiles(folder.FullName, "*.checkpoint"), Is.Not.Empty);
        CreateContext();
        var resumed = View();
        using var policy = Trainer(resumed, options).Fit(resumed);

        Assert.That(_steps, Is.InRange(1, 260), "the first 350 steps are not made again");
        Assert.That(policy.Onnx.ToArray(), Is.EqualTo(expected.Onnx.ToArray()));
    }

    // Two environments make 200 steps before the first evaluation. The report of the last iteration comes between the last evaluation and that of the best policy.
    [TestCase(201, false, 200)]
    [TestCase(215, false, 200)]
    [TestCase(-5, true, 600)]
    [TestCase(5, true, 600)]
    public void An_evaluation_is_cancelled_with_a_checkpoint_and_made_when_training_resumes(int step, bool isOfLastReport, int steps)
    {
        using var folder = new TemporaryFolder();
        var evaluated = Small with { Evaluation = new() { Every = 200, Episodes = 3, KeepBest = true } };
        var options = evaluated with { Checkpoints = new CheckpointOptions { Folder = folder.FullName, Resume = true } };
        var lastReport = 0;
        var (whole, expected) = (View(), new Listener(_ => lastReport = _steps));
        using var undisturbed = Trainer(whole, evaluated with { Progress = expected }).Fit(whole);

        (_cancelAt, _steps) = (step + (isOfLastReport ? lastReport : 0), 0);
        var (view, listener) = (View(), new Listener());
        Assert.That(() => Trainer(view, options with { Progress = listener }).Fit(view), Throws.TypeOf<OperationCanceledException>().With.Message.EqualTo("Operation was canceled."));
        Assert.That(listener.Iterations[^1].Steps, Is.EqualTo(steps));
        Assert.That(Directory.GetFiles(folder.FullName, "*.checkpoint"), Is.Not.Empty);
        CreateContext();
        var resumed = View();
        using var policy = Trainer(resumed, options with { Progress = listener }).Fit(resumed);

        Assert.That(policy.Onnx.ToArray(), Is.EqualTo(undisturbed.Onnx.ToArray()));
        Assert.That(Returns(listener), Is.EqualTo(Returns(expected)));

        static IEnumerable<string> Returns(Listener listener) => listener.Iterations.Select(iteration => iteration.Evaluation).OfType<TrpoEvaluation>().Select(evaluation => $"{evaluation.Steps} {string.Join(' ', evaluation.Returns)}");
    }

    [Test]
    public void A_step_that_fails_after_the_cancellation_is_no_failure_of_the_environment()
    {
        var view = View(() =>
        {
            if (_steps != 250)
                return;
            Cancel(_ml);
            throw new IOException("The line is dead.");
        });

        Assert.That(() => Trainer(view, Small).Fit(view), Throws.TypeOf<OperationCanceledException>().With.Message.EqualTo("Operation was canceled."));
    }

    [Test]
    public void A_context_stays_cancelled_as_it_does_for_ml_nets_own_trainers()
    {
        var (view, other) = (View(), new MLContext(seed: 1));
        var before = Trainer(view, Small);
        Cancel(_ml);

        Assert.Multiple(() =>
        {
            Assert.That(() => _ml.Transforms.NormalizeMinMax("Features").Fit(_ml.Data.LoadFromEnumerable([new Row()])), Throws.TypeOf<OperationCanceledException>().With.Message.EqualTo("Operation was canceled."));
            Assert.That(() => before.Fit(view), Throws.TypeOf<OperationCanceledException>().With.Message.EqualTo("Operation was canceled."));
            Assert.That(() => Trainer(view, Small).Fit(view), Throws.TypeOf<OperationCanceledException>());
            Assert.That(ContextCancellation.Of(_ml).IsCancelled, Is.True);
            Assert.That(ContextCancellation.Of(other).IsCancelled, Is.False);
        });
        Assert.That(_steps, Is.Zero);
    }

    [Test]
    public void Evaluate_and_CheckEnvironment_hear_it_between_two_steps()
    {
        var view = View();
        using var policy = Trainer(view, Small).Fit(view);
        (_steps, _cancelAt) = (0, 20);
        Assert.That(() => _ml.ReinforcementLearning.Evaluate(policy, view), Throws.TypeOf<OperationCanceledException>());
        Assert.That(_steps, Is.EqualTo(20));

        CreateContext();
        _cancelAt = 30;
        Assert.That(() => _ml.ReinforcementLearning.CheckEnvironment(() => new StepCounter(new CartPole(), Step)), Throws.TypeOf<OperationCanceledException>());
        Assert.That(_steps, Is.EqualTo(30));
    }

    [Test]
    public void The_table_of_a_random_policy_ends([Values(100, int.MaxValue)] int rows)
    {
        _cancelAt = 40;
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), Step), rows: rows);

        Assert.That(() => view.GetColumn<float[]>("Observation").Count(), Throws.TypeOf<OperationCanceledException>().With.Message.Contains("cancelled after"));
        Assert.That(_steps, Is.EqualTo(40));
    }

    [Test]
    public void Asking_draws_nothing_from_the_random_numbers_of_the_context()
    {
        IHostEnvironment asked = new MLContext(seed: 5), other = new MLContext(seed: 5);
        ContextCancellation.Of(asked).ThrowIfCancelled();

        Assert.That(asked.Register("Trainer").Rand.Next(), Is.EqualTo(other.Register("Trainer").Rand.Next()));
    }

    // ML.NET keeps it to its own assemblies, of which AutoML is one.
    private static void Cancel(MLContext ml) => typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(ml, null);

    private void Step()
    {
        if (++_steps == _cancelAt)
            Cancel(_ml);
    }

    private EnvironmentDataView View(Action? stepped = null) => _ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () =>
    {
        Step();
        stepped?.Invoke();
    }), count: 2, rows: 10);

    private TrpoEstimator Trainer(EnvironmentDataView view, TrpoOptions options) => _ml.ReinforcementLearning.Trainers.Trpo(view, options);

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Features { get; set; } = [1, 2];
    }
}
