using System.Globalization;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Distributions;

/// <summary>
/// Checks that the methods of a family of distributions agree with each other: derivatives with differences, the entropy and the divergence with the
/// mean over samples, as TRPO's author validated his, and the exported graph with the mode. For tests of custom families.
/// </summary>
public static class ActionDistributionCheck
{
    private const int Points = 5;
    private const int Samples = 20_000;
    private const double StandardErrors = 5;
    private const double Step = 1e-4;

    /// <summary>
    /// Checks a family at a few parameters, drawn at random around zero. Where <see cref="IActionDistribution.DivergesAsDrawn"/>, samples of actions bound the divergence from below only: check such a family
    /// for a space without bounds too, where draws are actions.
    /// </summary>
    /// <param name="distribution">The family.</param>
    /// <param name="space">The space of its actions.</param>
    /// <param name="seed">The seed; a family always passes or always fails with the same one.</param>
    /// <exception cref="InvalidOperationException">Two methods disagree; the message says which, at which parameters, and by how much.</exception>
    public static void Verify(IActionDistribution distribution, ActionSpace space, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(distribution);
        ArgumentNullException.ThrowIfNull(space);
        var random = new RandomSource((ulong)seed);
        var length = distribution.NetworkOutputs + distribution.StateIndependentParameters.Count;
        for (var member = 0; member < Points; member++)
        {
            var parameters = Draw(random, length, 0.7);
            double[] other = [.. parameters.Zip(Draw(random, length, 0.3), (value, shift) => value + shift)];
            var actions = new double[Samples][];
            var action = new float[space.Length];
            for (var i = 0; i < Samples; i++)
            {
                distribution.Sample(parameters, random, action);
                actions[i] = [.. action];
            }

            Gradient(distribution, parameters, actions[0]);
            Fisher(distribution, parameters, Draw(random, length, 1));
            Mean(nameof(distribution.Entropy), parameters, actions.Select(sample => -distribution.DrawLogProbability(parameters, sample)), distribution.Entropy(parameters));
            Mean(
                nameof(distribution.KullbackLeibler), parameters,
                actions.Select(sample => distribution.LogProbability(parameters, sample, []) - distribution.LogProbability(other, sample, [])),
                distribution.KullbackLeibler(parameters, other),
                isBound: distribution.DivergesAsDrawn);
            Equal($"{nameof(distribution.KullbackLeibler)} of a distribution from itself", parameters, distribution.KullbackLeibler(parameters, parameters), 0, 1e-12);
        }

        VerifyExport(distribution, space);
    }

    /// <summary>Checks that the exported graph computes the mode.</summary>
    /// <exception cref="InvalidOperationException">The graph computes another action, or does not run.</exception>
    internal static void VerifyExport(IActionDistribution distribution, ActionSpace space)
    {
        var random = new RandomSource(0);
        var outputs = distribution.NetworkOutputs;
        var graph = new OnnxGraphBuilder("distribution");
        var input = graph.Input(PolicyValues.Observation, outputs, "What a network computed.");
        distribution.Export(graph, input, [.. distribution.StateIndependentParameters.Select(value => (float)value)]);
        using var session = Open(graph, new PolicyMetadata(ObservationSpace.Unbounded(outputs), space, []));
        using var batch = session.CreateBatch(Points);
        var parameters = new double[Points][];
        for (var row = 0; row < Points; row++)
        {
            // Rounded to float32, which the graph computes in.
            double[] computed = [.. Draw(random, outputs, 2).Select(value => (double)(float)value)];
            parameters[row] = [.. computed, .. distribution.StateIndependentParameters];
            for (var i = 0; i < outputs; i++)
                batch.Observation(row)[i] = (float)computed[i];
        }

        batch.Run(Points);
        var mode = new float[space.Length];
        for (var row = 0; row < Points; row++)
        {
            distribution.Mode(parameters[row], mode);
            for (var i = 0; i < mode.Length; i++)
            {
                var acted = batch.IsDiscrete ? batch.Choice(row) : batch.Action(row)[i];
                Equal($"Element {i} of the action of the graph that {nameof(distribution.Export)} made", parameters[row], acted, mode[i], 1e-5 * (1 + Math.Abs(mode[i])));
            }
        }
    }

    private static PolicySession Open(OnnxGraphBuilder graph, PolicyMetadata metadata)
    {
        try
        {
            return PolicySession.Open(graph.Build("A distribution alone.", metadata), trust: true);
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw new InvalidOperationException($"The graph that {nameof(IActionDistribution.Export)} made does not run: {exception.Message}", exception);
        }
    }

    private static void Gradient(IActionDistribution distribution, double[] parameters, double[] action)
    {
        var gradient = new double[parameters.Length];
        distribution.LogProbability(parameters, action, gradient);
        for (var i = 0; i < parameters.Length; i++)
        {
            var difference = Difference(parameters, i, moved => distribution.LogProbability(moved, action, []));
            Equal($"The gradient that {nameof(distribution.LogProbability)} wrote for parameter {i}", parameters, gradient[i], difference, 1e-5 * (1 + Math.Abs(difference)));
        }
    }

    // The Hessian of the divergence, row by row, times the vector.
    private static void Fisher(IActionDistribution distribution, double[] parameters, double[] vector)
    {
        var product = new double[parameters.Length];
        distribution.FisherProduct(parameters, vector, product);
        for (var i = 0; i < parameters.Length; i++)
        {
            var expected = 0.0;
            for (var j = 0; j < parameters.Length; j++)
                expected += vector[j] * Difference(parameters, i, moved => Difference(moved, j, again => distribution.KullbackLeibler(parameters, again)));
            Equal($"Element {i} of {nameof(distribution.FisherProduct)}", parameters, product[i], expected, 1e-4 * (1 + Math.Abs(expected)));
        }
    }

    private static void Mean(string what, double[] parameters, IEnumerable<double> samples, double expected, bool isBound = false)
    {
        double[] values = [.. samples];
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) / values.Length);
        if (isBound)
            mean = Math.Max(mean, expected);
        Equal($"{what}, as the mean over {Samples} samples,", parameters, mean, expected, (StandardErrors * error) + 1e-9);
    }

    private static double Difference(double[] parameters, int index, Func<double[], double> function)
    {
        double[] moved = [.. parameters];
        moved[index] = parameters[index] + Step;
        var above = function(moved);
        moved[index] = parameters[index] - Step;
        return (above - function(moved)) / (2 * Step);
    }

    private static double[] Draw(RandomSource random, int length, double scale) => [.. Enumerable.Range(0, length).Select(_ => scale * random.NextGaussian())];

    // Written so that a NaN fails too.
    private static void Equal(string what, double[] parameters, double actual, double expected, double tolerance)
    {
        if (!(Math.Abs(actual - expected) <= tolerance))
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture,
                $"{what} is {actual:G9}, but should be {expected:G9} within {tolerance:G3}, at the parameters ({string.Join(", ", parameters.Select(value => value.ToString("G4", CultureInfo.InvariantCulture)))})."));
        }
    }
}
