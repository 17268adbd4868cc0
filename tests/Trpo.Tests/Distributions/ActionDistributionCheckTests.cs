using Trpo.Estimators.Distributions;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Distributions;

/// <summary>The check passes for every family of this library, and finds what is broken on purpose in a family of two dimensions.</summary>
public sealed class ActionDistributionCheckTests
{
    private static readonly BoxActionSpace Box = ActionSpace.Box([-1, -1], [1, 1]);

    [Test]
    public void Every_family_agrees_with_itself([Range(0, 3)] int space, [Values(0, 1, 17)] int seed) =>
        Assert.That(() => ActionDistributionCheck.Verify(ActionDistribution.For(TestNetworks.Spaces[space], -0.5), TestNetworks.Spaces[space], seed), Throws.Nothing);

    [Test]
    public void Families_of_a_single_choice_agree_with_themselves()
    {
        Assert.That(() => ActionDistributionCheck.Verify(new CategoricalDistribution(ActionSpace.Discrete(1)), ActionSpace.Discrete(1)), Throws.Nothing);
        Assert.That(() => ActionDistributionCheck.Verify(new MultiDiscreteDistribution(ActionSpace.MultiDiscrete([1, 4])), ActionSpace.MultiDiscrete([1, 4])), Throws.Nothing);
    }

    [Test]
    public void A_wrapper_that_breaks_nothing_passes() => Assert.That(() => ActionDistributionCheck.Verify(new Broken(), Box), Throws.Nothing);

    [Test]
    public void A_wrong_gradient_is_found([Range(0, 3)] int index) =>
        AssertFound(new Broken { Gradient = gradient => gradient[index] *= 1.001 }, "LogProbability", $"parameter {index}");

    [Test]
    public void A_gradient_that_is_not_written_is_found() => AssertFound(new Broken { Gradient = gradient => Array.Clear(gradient) }, "LogProbability");

    [Test]
    public void A_wrong_Fisher_matrix_is_found([Range(0, 3)] int index) =>
        AssertFound(new Broken { Fisher = product => product[index] *= 1.01 }, "FisherProduct", $"Element {index}");

    [Test]
    public void A_wrong_entropy_is_found() => AssertFound(new Broken { Entropy = entropy => entropy + 0.1 }, "Entropy");

    [Test]
    public void An_entropy_that_is_averaged_over_the_dimensions_is_found() => AssertFound(new Broken { Entropy = entropy => entropy / 2 }, "Entropy");

    [Test]
    public void A_divergence_that_is_averaged_over_the_dimensions_is_found_also_where_the_Fisher_matrix_agrees_with_it() =>
        AssertFound(
            new Broken
            {
                Divergence = divergence => divergence / 2,
                Fisher = product =>
                {
                    for (var i = 0; i < product.Length; i++)
                        product[i] /= 2;
                },
            },
            "KullbackLeibler");

    [Test]
    public void A_divergence_that_is_averaged_over_the_dimensions_does_not_agree_with_the_Fisher_matrix() =>
        AssertFound(new Broken { Divergence = divergence => divergence / 2 }, "FisherProduct");

    [Test]
    public void A_divergence_the_wrong_way_round_is_found() => AssertFound(new Broken { Reversed = true }, "KullbackLeibler");

    [Test]
    public void A_divergence_from_itself_that_is_not_zero_is_found() =>
        AssertFound(new Broken { Divergence = divergence => divergence + 1e-6 }, "KullbackLeibler of a distribution from itself");

    [Test]
    public void A_NaN_is_found()
    {
        AssertFound(new Broken { Gradient = gradient => gradient[0] = double.NaN }, "LogProbability");
        AssertFound(new Broken { Entropy = _ => double.NaN }, "Entropy");
    }

    [Test]
    public void A_mode_that_is_not_the_action_of_the_graph_is_found() => AssertFound(new Broken { ModeShift = 0.1f }, "Element 0 of the action", "Export");

    [Test]
    public void A_graph_without_an_action_is_found() => AssertFound(new Broken { ExportsNothing = true }, "Export", "does not run");

    [Test]
    public void Samples_from_another_distribution_are_found() => AssertFound(new Broken { SampleShift = 0.2f }, "Entropy");

    private static void AssertFound(Broken family, params string[] words)
    {
        var constraint = Throws.InvalidOperationException.With.Message.Contains(words[0]);
        foreach (var word in words.Skip(1))
            constraint = constraint.And.Message.Contains(word);
        Assert.That(() => ActionDistributionCheck.Verify(family, Box), constraint);
    }

    /// <summary>Normal distributions of two dimensions, with a hook in every member.</summary>
    private sealed class Broken : IActionDistribution
    {
        private readonly IActionDistribution _family = new CensoredGaussianDistribution(Box, 0);

        public bool DivergesAsDrawn => _family.DivergesAsDrawn;

        public double DrawLogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action) => _family.DrawLogProbability(parameters, action);

        public Action<double[]> Gradient { get; init; } = _ => { };

        public Action<double[]> Fisher { get; init; } = _ => { };

        public Func<double, double> Entropy { get; init; } = entropy => entropy;

        public Func<double, double> Divergence { get; init; } = divergence => divergence;

        public bool Reversed { get; init; }

        public float SampleShift { get; init; }

        public float ModeShift { get; init; }

        public bool ExportsNothing { get; init; }

        public int NetworkOutputs => _family.NetworkOutputs;

        public IReadOnlyList<double> StateIndependentParameters => _family.StateIndependentParameters;

        public void Sample(ReadOnlySpan<double> parameters, RandomSource random, Span<float> action)
        {
            _family.Sample(parameters, random, action);
            action[0] += SampleShift;
        }

        public void Mode(ReadOnlySpan<double> parameters, Span<float> action)
        {
            _family.Mode(parameters, action);
            action[0] += ModeShift;
        }

        public double LogProbability(ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, Span<double> gradient)
        {
            var written = new double[gradient.Length];
            var probability = _family.LogProbability(parameters, action, written);
            if (written.Length > 0)
                Gradient(written);
            written.CopyTo(gradient);
            return probability;
        }

        double IActionDistribution.Entropy(ReadOnlySpan<double> parameters) => Entropy(_family.Entropy(parameters));

        public double KullbackLeibler(ReadOnlySpan<double> oldParameters, ReadOnlySpan<double> newParameters) =>
            Divergence(Reversed ? _family.KullbackLeibler(newParameters, oldParameters) : _family.KullbackLeibler(oldParameters, newParameters));

        public void FisherProduct(ReadOnlySpan<double> parameters, ReadOnlySpan<double> vector, Span<double> product)
        {
            var written = new double[product.Length];
            _family.FisherProduct(parameters, vector, written);
            Fisher(written);
            written.CopyTo(product);
        }

        public void Export(OnnxGraphBuilder graph, string networkOutput, ReadOnlySpan<float> stateIndependent)
        {
            if (!ExportsNothing)
                _family.Export(graph, networkOutput, stateIndependent);
        }
    }
}
