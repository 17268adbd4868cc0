using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests of folders that change during training, and of unusual files in them.</summary>
public sealed class FolderRobustnessTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 600, StepsPerIteration = 100, HiddenLayers = [4], Seed = 3 };

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void A_lost_folder_does_not_cost_the_policy()
    {
        // The interval exceeds the time since the machine was started.
        var path = _folder.PathOf("checkpoints");
        Assert.That(() => Fit(new() { Folder = path, Interval = TimeSpan.FromDays(36_500) }, iteration =>
        {
            if (iteration.Iteration != 2)
                return;
            Directory.Delete(path, recursive: true);
            File.WriteAllText(path, "no folder any longer");
        }), Throws.Nothing);
    }

    [Test]
    public void The_first_checkpoint_is_written_immediately_with_any_interval()
    {
        var found = 0;
        Fit(new() { Folder = _folder.FullName, Interval = TimeSpan.FromDays(36_500) }, iteration => found += iteration.Iteration == 1 ? Checkpoints().Length : 0);

        Assert.That(found, Is.EqualTo(1));
    }

    [Test]
    public void A_relative_folder_stays_where_it_was()
    {
        var (before, elsewhere) = (Environment.CurrentDirectory, _folder.PathOf("elsewhere"));
        Directory.CreateDirectory(elsewhere);
        try
        {
            Environment.CurrentDirectory = _folder.FullName;
            Fit(new() { Folder = "here" }, _ => Environment.CurrentDirectory = elsewhere);
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }

        Assert.That(Directory.GetFileSystemEntries(elsewhere), Is.Empty);
    }

    [Test]
    public void A_deleted_folder_is_not_created_again_without_its_lock()
    {
        var path = _folder.PathOf("checkpoints");
        var options = new CheckpointOptions { Folder = path, Interval = TimeSpan.FromTicks(1), Resume = true };
        Fit(options, iteration =>
        {
            if (iteration.Iteration == 2)
                Directory.Delete(path, recursive: true);
            if (iteration.Iteration == 4)
                Assert.That(Directory.Exists(path), Is.False);
        });
    }

    [Test]
    public void A_lock_that_cannot_be_opened_throws_a_documented_exception()
    {
        // Stands for a folder without write permission, which root would not be refused.
        Directory.CreateDirectory(_folder.PathOf("lock"));

        Assert.That(() => Fit(new() { Folder = _folder.FullName }), Throws.InstanceOf<IOException>().Or.TypeOf<CheckpointException>());
    }

    [Test]
    public void A_checkpoint_under_a_shorter_name_is_read_or_left_alone()
    {
        Fit(new() { Folder = _folder.FullName });
        File.Move(Checkpoints()[^1], _folder.PathOf("7.checkpoint"));

        Assert.That(() => Fit(new() { Folder = _folder.FullName, Resume = true }), Throws.Nothing);
    }

    [Test]
    public void A_dangling_link_is_skipped()
    {
        Fit(new() { Folder = _folder.FullName });
        File.CreateSymbolicLink(_folder.PathOf("00000099.checkpoint"), _folder.PathOf("nowhere"));

        Assert.That(() => Fit(new() { Folder = _folder.FullName, Resume = true }), Throws.Nothing);
    }

    [Test]
    public void A_folder_with_the_name_of_the_next_checkpoint_is_skipped()
    {
        Directory.CreateDirectory(_folder.PathOf("00000001.checkpoint"));

        Assert.That(() => Fit(new() { Folder = _folder.FullName }), Throws.Nothing);
    }

    private string[] Checkpoints() => [.. Directory.GetFiles(_folder.FullName, "*.checkpoint").Order(StringComparer.Ordinal)];

    private static void Fit(CheckpointOptions checkpoints, Action<TrpoIteration>? report = null)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1, rows: 10);
        ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Checkpoints = checkpoints, Progress = new Calling(report ?? (_ => { })) }).Fit(view).Dispose();
    }

    private sealed class Calling(Action<TrpoIteration> report) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => report(value);
    }
}
