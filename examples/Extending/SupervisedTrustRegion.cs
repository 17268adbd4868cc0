using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Examples.Extending;

/// <summary>
/// The trust region without reinforcement learning: a classifier of two interleaved spirals. The objective is the log-likelihood of the labels; the
/// divergence of the predicted probabilities bounds each step.
/// </summary>
internal static class SupervisedTrustRegion
{
    private const int PointsPerSpiral = 200;
    private const int Steps = 25;

    public static Outcome Run(int seed)
    {
        using var scope = NewDisposeScope();
        manual_seed(seed);
        using var model = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2));
        var (points, labels) = Spirals(new RandomSource((ulong)seed));
        var optimizer = new TrustRegionOptimizer(new TrustRegionOptions { MaxKl = 0.05, Damping = 0.01, ConjugateGradientSteps = 20 });
        var parameters = new FlatParameters(model);

        var before = Accuracy();
        for (var step = 1; step <= Steps; step++)
        {
            using var inner = NewDisposeScope();
            var old = Predict().detach();
            var taken = optimizer.Step(parameters, () =>
            {
                var now = Predict();
                var logLikelihood = now.gather(1, labels).mean();
                var meanKl = (old.exp() * (old - now)).sum(1).mean();
                return (logLikelihood, meanKl);
            });
            Console.WriteLine(FormattableString.Invariant($"  step {step,2}: {taken.Outcome}, KL {taken.MeanKl:F4}, log-likelihood {taken.Improvement:+0.0000;-0.0000}, accuracy {Accuracy():F3}"));
        }

        return new Outcome("accuracy", before, Accuracy(), Required: 0.95);

        // The logarithms of the classes' probabilities, [N, 2].
        Tensor Predict() => nn.functional.log_softmax(model.forward(points), 1);

        double Accuracy()
        {
            using var inner = NewDisposeScope();
            using var withoutGradients = no_grad();
            return Predict().argmax(1, keepdim: true).eq(labels).to(ScalarType.Float64).mean().item<double>();
        }
    }

    // Each spiral winds once and a half around the other.
    private static (Tensor Points, Tensor Labels) Spirals(RandomSource random)
    {
        var points = new float[4 * PointsPerSpiral];
        var labels = new long[2 * PointsPerSpiral];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = i % 2;
            var radius = Math.Sqrt(random.NextDouble(0.01, 1));
            var (sine, cosine) = Math.SinCos((3 * Math.PI * radius) + (Math.PI * labels[i]));
            points[2 * i] = (float)((2 * radius * cosine) + (0.05 * random.NextGaussian()));
            points[(2 * i) + 1] = (float)((2 * radius * sine) + (0.05 * random.NextGaussian()));
        }

        return (tensor(points).view(-1, 2), tensor(labels).view(-1, 1));
    }
}
