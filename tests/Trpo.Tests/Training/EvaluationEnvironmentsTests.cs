using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The environments of evaluations during a training: asynchronous ones, and those that hang or fail.</summary>
public sealed class EvaluationEnvironmentsTests
{
    private const int Count = 4;

    // One for the spaces, then those of the training; those of the evaluations follow.
    private const int First = 1 + Count + 1;

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TrpoOptions Small = new() { TotalSteps = 2_000, StepsPerIteration = 200, HiddenLayers = [8], Seed = 3, Evaluation = new() { Every = 500, Episodes = 6, KeepBest = true } };

    private readonly List<string> _warnings = [];
    private readonly ManualResetEventSlim _release = new();
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void SetUp()
    {
        _warnings.Clear();
        _release.Reset();
        _folder = new TemporaryFolder();
    }

    // Threads that hang end with the test.
    [TearDown]
    public void TearDown()
    {
        _release.Set();
        _folder.Dispose();
    }

    [OneTimeTearDown]
    public void Dispose() => _release.Dispose();

    [Test]
    public void Asynchronous_environments_have_the_evaluations_of_synchronous_ones([Values(1, 3)] int threads)
    {
        var expected = Train(_ => new CartPole());
        var actual = Train(_ => new AsyncEnvironment(new CartPole(), Yield), threads);

        Assert.That(actual.Onnx, Is.EqualTo(expected.Onnx));
        Assert.That(Evaluations(actual), Is.EqualTo(Evaluations(expected)));
    }

    [TestCase(1)]
    [TestCase(4)]
    public void A_step_of_an_evaluation_that_does_not_return_is_named_as_such_and_costs_no_iteration(int threads)
    {
        var options = Small with { Checkpoints = new() { Folder = _folder.FullName, Resume = true } };
        var exception = Assert.Throws<EnvironmentException>(() => Train(number => Hanging(number, First + 1), threads, Timeout, options: options))!;
        Assert.That(exception.Message, Does.Match(@"^The evaluation after 600 steps failed \(TrpoOptions\.Evaluation\): Environment 'CartPole' \(index 1 of 4\) has not returned from Step, at step 3 of its episode, for [\d.]+ s, .*the stepTimeout of LoadFromEnvironment is 0\.5 s\. A step cannot be ended from outside, so that the work ends"));
        Assert.That(_warnings, Has.One.Contains("it can be resumed from").And.One.Contains("Training ends after iteration 3;"));

        // The evaluation that is made when training resumes hangs too.
        _warnings.Clear();
        Assert.That(() => Train(number => Hanging(number, First), threads, Timeout, options: options), Throws.TypeOf<EnvironmentException>().With.Message.StartsWith("The evaluation after 600 steps failed (TrpoOptions.Evaluation): Environment 'CartPole' (index 0 of 4) has not returned from Step"));
        Assert.That(_warnings, Has.None.Contains("could not be"));
        _release.Set();

        var expected = Train(_ => new CartPole());
        var rest = Train(_ => new CartPole(), threads, Timeout, options: options);
        Assert.That(rest.Iterations[0].Steps, Is.EqualTo(600), "reported again");
        Assert.That(rest.Onnx, Is.EqualTo(expected.Onnx));
        Assert.That(Evaluations(rest), Is.EqualTo(Evaluations(expected)));
    }

    [Test]
    public void An_asynchronous_step_of_an_evaluation_that_hangs_is_restarted_with_the_same_results()
    {
        var expected = Train(_ => new CartPole());
        var actual = Train(number => new AsyncEnvironment(new CartPole(), (call, token) => number == First + 2 && call == 3 ? Task.Delay(System.Threading.Timeout.Infinite, token) : Task.CompletedTask), 1, Timeout, maxRestarts: 1);

        Assert.That(_warnings[0], Does.Match(@"^In an evaluation \(TrpoOptions\.Evaluation\): Environment 'CartPole' \(index 2 of 4\) has not returned from Step, at step 3 of its episode, .* \(restart 1 of 1\)\.$"));
        Assert.That(actual.Onnx, Is.EqualTo(expected.Onnx));
        Assert.That(Evaluations(actual), Is.EqualTo(Evaluations(expected)));
        Assert.That(actual.Iterations.Select(iteration => iteration.Restarts), Is.All.Zero, "they are those of the training");
    }

    [Test]
    public void The_failure_of_an_evaluation_after_its_last_restart_ends_training()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(number => number >= First ? new FragileStep(3) : new CartPole(), maxRestarts: 6))!;

        Assert.That(exception.Message, Does.Match(@"^The evaluation after 600 steps failed \(TrpoOptions\.Evaluation\): Environment 'CartPole' \(index 0 of 4\) failed in Step, .*maxRestarts of LoadFromEnvironment allows, 6, were used before\.$"));
        Assert.That(_warnings, Is.All.StartsWith("In an evaluation (TrpoOptions.Evaluation): ").And.Not.Empty);
    }

    [Test]
    public void A_cancellation_ends_an_evaluation_within_an_asynchronous_step()
    {
        using var cancellation = new CancellationTokenSource();
        var options = Small with { Checkpoints = new() { Folder = _folder.FullName, Resume = true } };
        var first = Train(number => new AsyncEnvironment(new CartPole(), async (call, token) =>
        {
            if (number != First || call != 3)
                return;
            await cancellation.CancelAsync();
            await Task.Delay(System.Threading.Timeout.Infinite, token);
        }), options: options with { Cancellation = cancellation.Token });
        var rest = Train(_ => new AsyncEnvironment(new CartPole(), Yield), options: options);
        var expected = Train(_ => new CartPole());

        Assert.That(first.Iterations[^1], Is.Not.Null.And.Property(nameof(TrpoIteration.Steps)).EqualTo(600).And.Property(nameof(TrpoIteration.Evaluation)).Null);
        Assert.That(_warnings, Has.Some.Contains("Training was cancelled after 600 of 2,000 steps"));
        Assert.That(rest.Onnx, Is.EqualTo(expected.Onnx));
        Assert.That(Evaluations(rest), Is.EqualTo(Evaluations(expected)));
    }

    [Test]
    public void The_environments_of_the_evaluations_that_cannot_be_created_are_named_as_such()
    {
        Assert.That(() => Train(number => number == First + 1 ? throw new IOException("No licence is left.") : new CartPole()), Throws.TypeOf<EnvironmentException>()
            .With.Message.StartsWith("The environments of the evaluations (TrpoOptions.Evaluation), which are created beside those of the training: Environment 'CartPole' (index 1 of 4) could not be created").And.Message.Contains("No licence is left."));
    }

    [Test]
    public void Returns_that_overflow_in_an_evaluation_are_named()
    {
        Assert.That(() => Train(number => number >= First ? new CountingEnvironment(reward: _ => 1e308) : new CountingEnvironment()), Throws.TypeOf<EnvironmentException>()
            .With.Message.EqualTo("The evaluation after 600 steps failed (TrpoOptions.Evaluation): The return of episode 0 is Infinity, though its rewards are finite. Scale the rewards of the environment down."));
    }

    // The evaluations of the last case make some hundred times the steps of the training.
    [TestCase(1, 1, 10)]
    [TestCase(1, 3, 10)]
    [TestCase(2_000, 1, 1)]
    [TestCase(700, 1_000, 3)]
    public void Evaluations_of_any_length_leave_the_training_alone(int every, int episodes, int expected)
    {
        var without = Train(_ => new CartPole(), options: Small with { Evaluation = null });
        var with = Train(_ => new CartPole(), options: Small with { Evaluation = new() { Every = every, Episodes = episodes } });

        Assert.That(with.Onnx, Is.EqualTo(without.Onnx));
        Assert.That(with.Iterations.Count(iteration => iteration.Evaluation?.Returns.Count == episodes), Is.EqualTo(expected));
    }

    private static Task Yield(int call, CancellationToken cancellation) => Task.Run(() => Thread.SpinWait(Random.Shared.Next(2_000)), cancellation);

    private static IEnumerable<string> Evaluations((byte[] Onnx, List<TrpoIteration> Iterations) run) =>
        run.Iterations.Select(iteration => iteration.Evaluation).OfType<TrpoEvaluation>().Select(evaluation => $"{evaluation.Steps} {evaluation.Seed} {evaluation.IsBest} {string.Join(' ', evaluation.Returns)}");

    private StepCounter Hanging(int number, int hanging)
    {
        var steps = 0;
        return new StepCounter(new CartPole(), () =>
        {
            if (++steps == 3 && number == hanging)
                _release.Wait(Patience);
        });
    }

    private (byte[] Onnx, List<TrpoIteration> Iterations) Train(Func<int, IEnvironment> factory, int threads = 1, TimeSpan? stepTimeout = null, int maxRestarts = 0, TrpoOptions? options = null)
    {
        var (ml, listener, created) = (new MLContext(1), new Listener(), 0);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                _warnings.Add(log.RawMessage);
        };
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => factory(++created), Count, threads: threads, stepTimeout: stepTimeout, maxRestarts: maxRestarts);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, (options ?? Small) with { Progress = listener }).Fit(view);
        return (policy.Onnx.ToArray(), listener.Iterations);
    }

    /// <summary>A CartPole that fails in one of its steps.</summary>
    private sealed class FragileStep(int failsAt) : IEnvironment
    {
        private readonly CartPole _inner = new();
        private int _steps;

        public string Name => "CartPole";

        public Trpo.Runtime.Spaces.ObservationSpace ObservationSpace => _inner.ObservationSpace;

        public Trpo.Runtime.Spaces.ActionSpace ActionSpace => _inner.ActionSpace;

        public void Reset(int? seed, Span<float> observation) => _inner.Reset(seed, observation);

        public StepResult Step(EnvironmentAction action, Span<float> observation) =>
            ++_steps == failsAt ? throw new TimeoutException("The robot does not answer.") : _inner.Step(action, observation);
    }
}
