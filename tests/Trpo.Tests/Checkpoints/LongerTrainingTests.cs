using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Resuming finished and interrupted runs with another number of total steps.</summary>
public sealed class LongerTrainingTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 700, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3, ReusedIterations = 2, FinalMaxKl = 0.001 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeTheFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteTheFolder() => _folder.Dispose();

    [TestCase(int.MaxValue, TestName = "A finished run resumes to more steps")]
    [TestCase(200, TestName = "An interrupted run resumes to more steps")]
    public void A_finished_or_interrupted_run_resumes_to_more_steps(int cancelAfter)
    {
        var iterations = new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter).Iterations;
        iterations.AddRange(new ResumedTraining(() => new CartPole(), Small with { TotalSteps = 1_600 }).Piece(_folder.FullName).Iterations);

        Assert.That(iterations.Select(iteration => iteration.Iteration), Is.EqualTo(Enumerable.Range(1, iterations.Count)));
        Assert.That(iterations[^1].Steps, Is.EqualTo(1_602), "rounded up for three environments");
        Assert.That(iterations[^1].TotalSteps, Is.EqualTo(1_602));
        Assert.That(iterations.Zip(iterations.Skip(1), (a, b) => b.Steps - a.Steps), Is.All.InRange(120, 180));
        Assert.That(iterations[^1].MaxKl, Is.EqualTo(0.001).Within(1e-12));
    }

    [Test]
    public void A_longer_run_gives_the_same_bits_in_pieces_and_in_one()
    {
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.PathOf("once"), cancelAfter: 200);
        CopyFolder(_folder.PathOf("once"), _folder.PathOf("pieces"));
        var longer = new ResumedTraining(() => new CartPole(), Small with { TotalSteps = 1_600 });
        var once = longer.Piece(_folder.PathOf("once"));
        foreach (var steps in (int[])[1, 400, 77])
            longer.Piece(_folder.PathOf("pieces"), steps);

        Assert.That(longer.Piece(_folder.PathOf("pieces")).Onnx, Is.EqualTo(once.Onnx));
    }

    [TestCase(int.MaxValue, TestName = "A finished run of growing iterations resumes to more steps")]
    [TestCase(200, TestName = "An interrupted run of growing iterations resumes to more steps")]
    public void A_run_of_growing_iterations_resumes_to_more_steps(int cancelAfter)
    {
        var growing = Small with { StepsPerIteration = 60, FinalStepsPerIteration = 240 };
        var iterations = new ResumedTraining(() => new CartPole(), growing).Piece(_folder.FullName, cancelAfter).Iterations;
        iterations.AddRange(new ResumedTraining(() => new CartPole(), growing with { TotalSteps = 2_400 }).Piece(_folder.FullName).Iterations);
        var lengths = iterations.Select(iteration => iteration.Steps).Prepend(0).Zip(iterations.Select(iteration => iteration.Steps), (a, b) => b - a).ToList();

        Assert.That(iterations.Select(iteration => iteration.Iteration), Is.EqualTo(Enumerable.Range(1, iterations.Count)));
        Assert.That(iterations[^1].Steps, Is.EqualTo(2_400));
        Assert.That(lengths[0], Is.InRange(45, 75));
        Assert.That(lengths[^1], Is.InRange(200, 280));
    }

    [Test]
    public void A_run_does_not_resume_with_another_final_length()
    {
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter: 200);

        Assert.That(() => new ResumedTraining(() => new CartPole(), Small with { FinalStepsPerIteration = 300 }).Piece(_folder.FullName),
            Throws.TypeOf<CheckpointException>().With.Message.Contains("its option finalStepsPerIteration is null, but that of this run is 300"));
    }

    [Test]
    public void Fewer_total_steps_than_were_made_end_training_after_the_iteration_in_progress()
    {
        new ResumedTraining(() => new CartPole(), Small).Piece(_folder.FullName, cancelAfter: 400);
        var rest = new ResumedTraining(() => new CartPole(), Small with { TotalSteps = 100 }).Piece(_folder.FullName);

        Assert.That(rest.Iterations, Has.Count.EqualTo(1));
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from, "*.checkpoint"))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
