using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Results.Files;
using Trpo.Results.Studies;
using Trpo.Results.Training;

namespace Trpo.Tests.Support;

/// <summary>A study of a few steps, and results without training.</summary>
internal static class TinyStudy
{
    public const int Episodes = 3;

    public static Study Study { get; } = new()
    {
        Name = "tiny",
        Title = "Tiny-v0",
        Environment = () => new CartPole(),
        Environments = 2,
        Options = new() { TotalSteps = 600, StepsPerIteration = 200, HiddenLayers = [4] },
        Reference = new(500, 0, 100_000),
        Solved = new(15, 10),
        Goal = new(5),
    };

    public static Study Other { get; } = Study with { Name = "other", Title = "Other-v0", Options = Study.Options with { Discount = 0.9 } };

    public static SeedResult Result(int seed, params double[] returns) => new()
    {
        Environment = Study.Title,
        Seed = seed,
        Fingerprint = Fingerprint.Of(Study, Episodes),
        Returns = returns.Length == 0 ? [1, 2, 3] : returns,
        Curve = [new CurvePoint(300, 10, 10, IsFull: false), new CurvePoint(600, 20, 15, IsFull: true)],
        TrainingSeconds = 1,
        Cores = 2,
        SideBySide = 1,
    };
}
