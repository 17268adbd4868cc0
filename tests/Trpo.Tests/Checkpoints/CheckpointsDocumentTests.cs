using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Checkpoints;

/// <summary>Resuming as docs/checkpoints.md shows it.</summary>
public sealed class CheckpointsDocumentTests
{
    [Test]
    public void A_program_that_is_started_again_resumes()
    {
        using var temporary = new TemporaryFolder();
        var folder = temporary.FullName;

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;                                    // training ends by itself, within a step
            stop.Cancel();
        };

        var options = new TrpoOptions
        {
            TotalSteps = 2_000,
            Checkpoints = new() { Folder = folder, Resume = true },   // resumes from the latest checkpoint, if there is one
            Cancellation = stop.Token,                                // Fit then returns the policy of the last update
        };

        var listener = new Listener();
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, options with { Progress = listener }).Fit(cartPole).Dispose();
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, options with { Progress = listener, TotalSteps = 4_000 }).Fit(cartPole).Dispose();

        Assert.That(listener.Iterations.Select(iteration => iteration.Iteration), Is.EqualTo(Enumerable.Range(1, 8)));
        Assert.That(listener.Iterations[^1].Steps, Is.EqualTo(4_000));
    }
}
