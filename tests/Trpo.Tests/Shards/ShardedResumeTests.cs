using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>Interruptions of trainings with several shards, which stop in the middle of their rollouts, each shard where it is.</summary>
public sealed class ShardedResumeTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 900, StepsPerIteration = 150, FinalStepsPerIteration = 150, HiddenLayers = [8], Seed = 3, ReusedIterations = 1, NormalizeObservations = true, Shards = 3 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_training_in_pieces_equals_an_undisturbed_one_whatever_the_threads_of_the_pieces([Values(1, 3)] int threads)
    {
        var whole = Training(Small).Whole();
        foreach (var steps in (int[])[1, 37, 200, 151, 90])
            Training(Small with { Threads = 1 + (steps % 3) }, threads).Piece(_folder.FullName, steps);

        Assert.That(Training(Small, threads).Piece(_folder.FullName).Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void Checkpoints_before_every_step_change_nothing([Values(1, 3)] int threads)
    {
        var whole = Training(Small).Whole();
        var often = Training(Small with { Checkpoints = new() { Folder = _folder.FullName, Interval = TimeSpan.FromTicks(1) } }, threads).Whole();

        Assert.That(often.Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void A_checkpoint_of_another_number_of_shards_is_refused_with_both_numbers()
    {
        Training(Small).Piece(_folder.FullName, cancelAfter: 300);

        Assert.That(() => Training(Small with { Shards = 2 }).Piece(_folder.FullName), Throws.TypeOf<CheckpointException>().With.Message.Contains("3 shards").And.Message.Contains("Shards is 2"));
        Assert.That(() => Training(Small with { Shards = 1 }).Piece(_folder.FullName), Throws.TypeOf<CheckpointException>().With.Message.Contains("3 shards").And.Message.Contains("Shards is 1"));
    }

    [Test]
    public void A_checkpoint_of_one_shard_is_refused_by_a_training_of_several()
    {
        Training(Small with { Shards = 1 }).Piece(_folder.FullName, cancelAfter: 300);

        Assert.That(() => Training(Small).Piece(_folder.FullName), Throws.TypeOf<CheckpointException>().With.Message.Contains("1 shards").And.Message.Contains("Shards is 3"));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void A_training_that_names_no_number_keeps_that_of_its_checkpoint(int shards)
    {
        var whole = Training(Small with { Shards = shards }).Whole();
        Training(Small with { Shards = shards }).Piece(_folder.FullName, cancelAfter: 300);
        var rest = Training(Small with { Shards = null }).Piece(_folder.FullName);

        Assert.That(rest.Iterations.Select(iteration => iteration.Shards), Is.All.EqualTo(shards));
        Assert.That(rest.Onnx, Is.EqualTo(whole.Onnx));
    }

    [Test]
    public void A_training_that_was_lengthened_keeps_the_number_of_shards_that_it_began_with()
    {
        Training(Small with { TotalSteps = 300 }).Piece(_folder.FullName);
        var rest = Training(Small with { Shards = null }).Piece(_folder.FullName).Iterations;

        Assert.That(rest.Select(iteration => iteration.Shards), Is.EqualTo(new[] { 3, 3, 3, 3 }));
    }

    [Test]
    public void The_best_policy_of_several_shards_is_kept()
    {
        var options = Small with { Evaluation = new() { Every = 150, Episodes = 3, KeepBest = true } };
        var whole = Training(options).Whole();
        Training(options).Piece(_folder.FullName, cancelAfter: 500);

        Assert.That(Training(options).Piece(_folder.FullName).Onnx, Is.EqualTo(whole.Onnx));
    }

    private static ResumedTraining Training(TrpoOptions options, int threads = 1) => new(() => new CartPole(), options, count: 5, threads, normalize: true);
}
