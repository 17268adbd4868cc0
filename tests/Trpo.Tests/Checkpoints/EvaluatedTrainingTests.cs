using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Reports;
using Trpo.Reports.Csv;
using Trpo.Reports.History;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Trainings with evaluations, in pieces.</summary>
public sealed class EvaluatedTrainingTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3, Evaluation = new() { Every = 300, Episodes = 3, KeepBest = true } };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase(3)]
    [TestCase(10)]
    [TestCase(37)]
    [TestCase(150)]
    public void A_training_in_pieces_keeps_the_same_best_policy_and_makes_the_same_evaluations(int piece)
    {
        var training = new ResumedTraining(() => new CartPole(), Small);
        var whole = training.Whole();

        // Steps of the evaluations count too, so that many of the stops are within one.
        var evaluations = new List<TrpoEvaluation>();
        for (var i = 0; i < 40; i++)
            evaluations.AddRange(Evaluations(training.Piece(_folder.FullName, (piece * (i + 1)) + 1)));
        var last = training.Piece(_folder.FullName);
        evaluations.AddRange(Evaluations(last));

        Assert.That(last.Onnx, Is.EqualTo(whole.Onnx));
        Assert.That(evaluations.Select(Measured), Is.EqualTo(Evaluations(whole).Select(Measured)), "each is reported once");
    }

    [Test]
    public void A_cancellation_within_an_evaluation_ends_after_the_iteration_and_the_evaluation_is_made_when_training_resumes()
    {
        // Three environments make 300 steps before the first evaluation.
        var training = new ResumedTraining(() => new CartPole(), Small);
        var first = training.Piece(_folder.FullName, cancelAfter: 305);
        var rest = training.Piece(_folder.FullName);
        var whole = training.Whole();

        Assert.That(first.Iterations.Select(iteration => iteration.Steps), Is.EqualTo(new[] { 150, 300 }));
        Assert.That(Evaluations(first), Is.Empty);
        Assert.That(rest.Iterations[0], Is.EqualTo(first.Iterations[1] with { Evaluation = rest.Iterations[0].Evaluation }).Using<TrpoIteration, TrpoIteration>(IsSame), "reported again, with it");
        Assert.That(rest.Iterations[1].Iteration, Is.EqualTo(3));
        Assert.That(Evaluations(rest).Select(Measured), Is.EqualTo(Evaluations(whole).Select(Measured)));
        Assert.That(rest.Onnx, Is.EqualTo(whole.Onnx));
        Assert.That(training.Warnings, Has.Some.Contains("cancelled after 300 of 1,200 steps"));
    }

    [Test]
    public void A_cancelled_training_returns_the_best_policy_so_far_without_another_evaluation()
    {
        var training = new ResumedTraining(() => new CartPole(), Small with { Optimizer = new Backwards(improving: 1), Evaluation = Small.Evaluation! with { Every = 150 } });
        training.Piece(_folder.FullName, cancelAfter: 1_500);

        Assert.That(training.Warnings, Has.Some.Contains("The best policy of the evaluations is that after").And.Some.Contains("because of the cancellation, it was not evaluated over other episodes"));
    }

    [Test]
    public void A_run_that_its_patience_ended_says_so_again_and_continues_with_more()
    {
        var options = Small with { Optimizer = new Backwards(improving: 1), Evaluation = Small.Evaluation! with { Every = 150, Patience = 2 } };
        var ended = new ResumedTraining(() => new CartPole(), options).Piece(_folder.FullName);
        var again = new ResumedTraining(() => new CartPole(), options with { TotalSteps = 1_500 });
        var none = again.Piece(_folder.FullName);
        var more = new ResumedTraining(() => new CartPole(), options with { TotalSteps = 1_500, Evaluation = options.Evaluation! with { Patience = 100 } }).Piece(_folder.FullName);

        Assert.That(ended.Iterations[^1].Steps, Is.LessThan(1_200));
        Assert.That(none.Iterations, Is.Empty);
        Assert.That(again.Messages, Has.Some.Contains("evaluations brought no better mean return").And.Some.Contains("A larger Evaluation.Patience continues it"));
        Assert.That(more.Iterations[^1].Steps, Is.EqualTo(1_500));
    }

    [Test]
    public void An_evaluation_that_fails_comes_after_the_report_and_the_checkpoint_of_its_iteration()
    {
        // Three environments make 600 steps before the second evaluation; the first one has some 60.
        var steps = 0;
        var training = new ResumedTraining(() => new StepCounter(new CartPole(), () =>
        {
            if (++steps == 500)
                throw new InvalidOperationException("The plant tripped.");
        }), Small with { Evaluation = Small.Evaluation! with { Every = 150 } });
        Assert.That(() => training.Piece(_folder.FullName), Throws.InstanceOf<Trpo.Estimators.Environments.EnvironmentException>());
        var rest = training.Piece(_folder.FullName);
        var whole = new ResumedTraining(() => new CartPole(), Small with { Evaluation = Small.Evaluation! with { Every = 150 } }).Whole();

        Assert.That(rest.Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void A_run_does_not_resume_with_other_evaluations()
    {
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter: 200);

        Assert.That(() => new ResumedTraining(() => new CartPole(), Small with { Evaluation = Small.Evaluation! with { Episodes = 5 } }).Piece(_folder.FullName),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("its option evaluation.episodes is 3, but that of this run is 5"));
    }

    [TestCase(2)]
    [TestCase(4)]
    [TestCase(8)]
    public void The_record_of_a_training_whose_evaluation_was_stopped_is_that_of_the_whole_one(int iteration)
    {
        var training = new ResumedTraining(() => new CartPole(), Small);
        var (whole, pieces) = (_folder.PathOf("whole"), _folder.PathOf("pieces"));
        var undisturbed = training.Whole();
        Record(whole, undisturbed);

        // A return of CartPole is the number of its steps.
        var before = undisturbed.Iterations.Take(iteration - 1).Sum(earlier => earlier.Evaluation?.Returns.Sum() ?? 0);
        var first = training.Piece(_folder.PathOf("checkpoints"), cancelAfter: (150 * iteration) + (int)before + 4);
        Record(pieces, first);
        var stopped = Evaluated(pieces);
        Record(pieces, training.Piece(_folder.PathOf("checkpoints")));

        Assert.That(first.Iterations[^1].Iteration, Is.EqualTo(iteration));
        Assert.That(stopped[^1], Is.EqualTo((iteration, double.NaN)));
        Assert.That(Evaluated(pieces), Is.EqualTo(Evaluated(whole)));

        static void Record(string folder, (byte[] Onnx, List<TrpoIteration> Iterations) run)
        {
            using var recorder = new RunRecorder(folder);
            run.Iterations.ForEach(recorder.Report);
        }

        static List<(int, double)> Evaluated(string folder)
        {
            var path = Path.Combine(folder, "metrics.csv");
            var history = new RunHistory([.. MetricsReader.Rows(File.ReadAllText(path), path)]);
            return [.. history.Rows.Zip(history[TrpoMetric.EvaluationReturn], (row, mean) => (row.Iteration, mean))];
        }
    }

    // Lists are equal by their elements.
    private static bool IsSame(TrpoIteration first, TrpoIteration second) =>
        first.Returns.SequenceEqual(second.Returns) && first.Workers.SequenceEqual(second.Workers) && first with { Returns = [], Workers = [] } == second with { Returns = [], Workers = [] };

    private static IEnumerable<TrpoEvaluation> Evaluations((byte[] Onnx, List<TrpoIteration> Iterations) run) => run.Iterations.Select(iteration => iteration.Evaluation).OfType<TrpoEvaluation>();

    private static object Measured(TrpoEvaluation evaluation) => (evaluation.Steps, evaluation.Seed, string.Join(" ", evaluation.Returns), evaluation.IsBest);
}
