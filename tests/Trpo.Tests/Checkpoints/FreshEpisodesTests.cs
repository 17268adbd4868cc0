using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Resuming with environments that cannot be restored: training continues with fresh episodes and a warning.</summary>
public sealed class FreshEpisodesTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_200, StepsPerIteration = 150, HiddenLayers = [8], Seed = 3 };

    [Test]
    public void Environments_that_are_not_checkpointable_start_new_episodes()
    {
        using var folder = new TemporaryFolder();
        var training = new ResumedTraining(() => new CountingEnvironment(length: 400), Small);
        var first = training.Piece(folder.FullName, cancelAfter: 3 * 110);
        var rest = training.Piece(folder.FullName);

        Assert.That(training.Warnings, Has.Some.Contains("start anew"));
        Assert.That(first.Iterations.Select(iteration => iteration.Iteration).Concat(rest.Iterations.Select(iteration => iteration.Iteration)), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(rest.Iterations[^1].Steps, Is.EqualTo(1_200));

        // An episode has 400 steps, and each environment has 290 left: none can end, and cut-off episodes do not count.
        Assert.That(rest.Iterations.Sum(iteration => iteration.Episodes), Is.Zero);
    }

    [Test]
    public void Environments_behind_a_stateful_transform_start_new_episodes()
    {
        using var folder = new TemporaryFolder();
        var warnings = new List<string>();
        Fit(new CancellationToken(canceled: true));
        Fit(default);

        Assert.That(warnings, Has.Some.Contains("start anew"));

        void Fit(CancellationToken cancellation)
        {
            var ml = new MLContext(1);
            ml.Log += (_, log) => warnings.Add(log.Message);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, cancellation: CancellationToken.None);
            var stacked = ml.Transforms.StatefulCustomMapping<Frame, Change, Last>(
                (frame, change, last) =>
                {
                    change.Changes = [.. frame.Observation.Select((value, i) => value - (last.Observation ?? frame.Observation)[i])];
                    last.Observation = [.. frame.Observation];
                },
                _ => { },
                contractName: null);
            var options = Small with { Columns = new("Changes"), Checkpoints = new() { Folder = folder.FullName, Resume = true }, Cancellation = cancellation };
            stacked.Append(ml.ReinforcementLearning.Trainers.Trpo(view, options)).Fit(view).Dispose();
        }
    }

    public sealed class Frame
    {
        [Microsoft.ML.Data.VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    public sealed class Change
    {
        [Microsoft.ML.Data.VectorType(4)]
        public float[] Changes { get; set; } = [];
    }

    public sealed class Last
    {
        public float[]? Observation { get; set; }
    }
}
