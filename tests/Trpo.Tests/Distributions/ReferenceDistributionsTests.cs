using Trpo.Estimators.Distributions;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Distributions;

/// <summary>Reference distributions, which compute some numbers once, against their families, which compute them for each row: the results must have the same bits.</summary>
public sealed class ReferenceDistributionsTests
{
    private const int Rows = 40;

    private static readonly IActionDistribution[] Families =
    [
        new CategoricalDistribution(ActionSpace.Discrete(2)),
        new CategoricalDistribution(ActionSpace.Discrete(5)),
        new CensoredGaussianDistribution(ActionSpace.Box([-1, 0, float.NegativeInfinity], [1, 1e-3f, float.PositiveInfinity]), -0.5, rescales: true),
        new CensoredGaussianDistribution(ActionSpace.Box([.. Enumerable.Repeat(-2f, 70)], [.. Enumerable.Repeat(2f, 70)]), 0.25),
    ];

    [Test]
    public void Sums_and_products_are_those_of_the_family_bit_for_bit([Values(0, 1, 2, 3)] int index, [Values(0.1, 3, 600)] double scale)
    {
        var family = Families[index];
        var random = new RandomSource((ulong)index + 1);
        var length = family.NetworkOutputs + family.StateIndependentParameters.Count;
        var (old, trial) = (Parameters(family, scale, random), Parameters(family, scale, random));
        var actions = Actions(family, old, random);
        double[] advantages = [.. Enumerable.Range(0, Rows).Select(_ => random.NextGaussian())];
        var (expected, actual) = (new ReferenceRows(old, actions, new double[Rows]), new ReferenceRows(old, actions, new double[Rows]));
        var (rowByRow, once) = (new ReferenceDistributions(family, expected), ReferenceDistributions.Of(family, actual));
        Assume.That(once, Is.Not.TypeOf<ReferenceDistributions>());

        var (gradients, expectedGradients) = (new double[old.Length], new double[old.Length]);
        Assert.That(once.Begin(gradients), Is.EqualTo(rowByRow.Begin(expectedGradients)));
        Assert.That(actual.LogProbabilities, Is.EqualTo(expected.LogProbabilities));
        Assert.That(gradients, Is.EqualTo(expectedGradients));
        Assert.That(once.Compare(trial, advantages), Is.EqualTo(rowByRow.Compare(trial, advantages)));
        Assert.That(once.Compare(old, advantages).Divergence, Is.Zero.Within(1e-9), "against themselves");

        foreach (var rows in new int[][] { [.. Enumerable.Range(0, Rows)], [0, 7, 8, 39], [5] })
        {
            double[] vectors = [.. Enumerable.Range(0, rows.Length * length).Select(_ => random.NextGaussian())];
            var (products, expectedProducts) = (new double[vectors.Length], new double[vectors.Length]);
            once.FisherProducts(rows, vectors, products);
            rowByRow.FisherProducts(rows, vectors, expectedProducts);
            Assert.That(products, Is.EqualTo(expectedProducts));
        }
    }

    [Test]
    public void They_begin_anew_when_their_parameters_have_changed([Values(0, 2)] int index)
    {
        var family = Families[index];
        var random = new RandomSource(9);
        var parameters = Parameters(family, 1, random);
        var rows = new ReferenceRows(parameters, Actions(family, parameters, random), new double[Rows]);
        var reference = ReferenceDistributions.Of(family, rows);
        reference.Begin(new double[parameters.Length]);
        Parameters(family, 1, random).CopyTo(parameters, 0);

        reference.Begin(new double[parameters.Length]);
        var fresh = ReferenceDistributions.Of(family, rows with { LogProbabilities = new double[Rows] });
        fresh.Begin(new double[parameters.Length]);

        var (trial, ones) = (Parameters(family, 1, random), Enumerable.Repeat(1.0, Rows).ToArray());
        Assert.That(reference.Compare(trial, ones), Is.EqualTo(fresh.Compare(trial, ones)));
    }

    [Test]
    public void A_literal_case()
    {
        // Probabilities 1/4 and 3/4, then 1/2 and 1/2; the action is the second one, with an advantage of 3.
        var rows = new ReferenceRows([0, Math.Log(3)], [1], new double[1]);
        var reference = ReferenceDistributions.Of(Families[0], rows);
        var (gradient, product) = (new double[2], new double[2]);

        Assert.That(reference.Begin(gradient), Is.EqualTo((0.25 * Math.Log(4)) + (0.75 * Math.Log(4 / 3.0))).Within(1e-15));
        Assert.That(rows.LogProbabilities[0], Is.EqualTo(Math.Log(0.75)).Within(1e-15));
        Assert.That(gradient, Is.EqualTo(new[] { -0.25, 0.25 }).Within(1e-15));
        var (surrogate, divergence) = reference.Compare([5, 5], [3]);
        Assert.That(surrogate, Is.EqualTo(2).Within(1e-14));
        Assert.That(divergence, Is.EqualTo((0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5))).Within(1e-15));
        reference.FisherProducts([0], [4, 0], product);
        Assert.That(product, Is.EqualTo(new[] { 0.75, -0.75 }).Within(1e-15));
    }

    private static double[] Parameters(IActionDistribution family, double scale, RandomSource random)
    {
        double[] deviations = [.. family.StateIndependentParameters.Select(_ => random.NextGaussian() / 2)];
        return [.. Enumerable.Range(0, Rows).SelectMany(_ => (IEnumerable<double>)[.. Enumerable.Range(0, family.NetworkOutputs).Select(_ => scale * random.NextGaussian()), .. deviations])];
    }

    private static double[] Actions(IActionDistribution family, double[] parameters, RandomSource random)
    {
        var length = parameters.Length / Rows;
        var action = new float[family is CategoricalDistribution ? 1 : family.NetworkOutputs];
        return
        [
            .. Enumerable.Range(0, Rows).SelectMany(row =>
            {
                family.Sample(parameters.AsSpan(row * length, length), random, action);
                return action.Select(value => (double)value).ToArray();
            }),
        ];
    }
}
