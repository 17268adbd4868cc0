using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Runtime;

namespace Trpo.Results.Pictures;

/// <summary>The moving picture of the README: a pendulum that policies swing up, after trainings of several lengths.</summary>
internal static class PictureRun
{
    private const int Steps = 160;

    private static readonly int[] Trainings = [0, 5_000, 50_000];

    // At rest, and almost straight down.
    private const double Start = Math.PI - 0.2;

    /// <summary>Trains the policies, and draws what they do in the same episode.</summary>
    /// <param name="folder">The folder of the documents, which receives pendulum.svg.</param>
    /// <param name="output">Receives the path.</param>
    public static int Execute(DirectoryInfo folder, TextWriter output)
    {
        (string, IReadOnlyList<double>)[] panels = [.. Trainings.Select(steps => (Caption(steps), Swing(Train(steps))))];
        var path = Path.Combine(folder.CreateSubdirectory(".").FullName, "pendulum.svg");
        File.WriteAllText(path, PendulumPicture.Draw("A pendulum is swung up by a policy before training, after 5,000 steps and after 50,000 steps", panels, step: 0.05));
        output.WriteLine($"Wrote {path}");
        return 0;
    }

    private static string Caption(int steps) => steps == 0 ? "before training" : string.Create(CultureInfo.InvariantCulture, $"after {steps:N0} steps");

    private static Policy Train(int steps)
    {
        var ml = new MLContext(seed: 1);
        var pendulum = ml.ReinforcementLearning.LoadFromEnvironment(() => new Pendulum());
        var trainer = ml.ReinforcementLearning.Trainers.Trpo(pendulum, new TrpoOptions { TotalSteps = Math.Max(steps, 1), Seed = 1 });
        using var policy = steps == 0 ? trainer.CreateUntrained(pendulum.Schema) : trainer.Fit(pendulum);
        return Policy.Open(policy.Onnx.ToArray());
    }

    private static IReadOnlyList<double> Swing(Policy policy)
    {
        var pendulum = new Pendulum { State = (Start, 0) };
        float[] observation = [(float)Math.Cos(Start), (float)Math.Sin(Start), 0], action = new float[1];
        var angles = new List<double>();
        for (var i = 0; i < Steps; i++)
        {
            angles.Add(Math.Atan2(observation[1], observation[0]));
            policy.Act(observation, action);
            pendulum.Step(new EnvironmentAction(action), observation);
        }

        return PendulumPicture.WithoutJumps(angles);
    }
}
