using Trpo.Estimators.Foundation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Randomness;
using Trpo.Onnx;
using Trpo.Onnx.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Policies;

public sealed class PolicyTests
{
    private const int Rows = 10_000;

    [TestCase(3, 5)]
    [TestCase(5, 3)]
    [TestCase(4, 4)]
    public void Initial_weights_are_orthogonal(int rows, int columns)
    {
        var matrix = OrthogonalMatrix.Create(rows, columns, gain: 1.5, new RandomSource(1));
        double Dot(int i, int j) => rows <= columns
            ? Enumerable.Range(0, columns).Sum(k => (double)matrix[(i * columns) + k] * matrix[(j * columns) + k])
            : Enumerable.Range(0, rows).Sum(k => (double)matrix[(k * columns) + i] * matrix[(k * columns) + j]);

        Assert.Multiple(() =>
        {
            for (var i = 0; i < Math.Min(rows, columns); i++)
            {
                for (var j = 0; j < Math.Min(rows, columns); j++)
                    Assert.That(Dot(i, j), Is.EqualTo(i == j ? 2.25 : 0).Within(1e-6));
            }
        });
    }

    [Test]
    public void The_perceptron_is_linear_layers_with_tanh_between()
    {
        using var perceptron = new Perceptron(1, [1], 1, outputGain: 3, new RandomSource(1));
        var parameters = perceptron.named_parameters().ToDictionary(parameter => parameter.name, parameter => TensorCopy.ToArray(parameter.parameter).Single());
        using var input = TensorCopy.From([0.7f], 1, 1);
        var hidden = Math.Tanh(parameters["layer0.weight"] * 0.7);

        Assert.That(Math.Abs(parameters["layer0.weight"]), Is.EqualTo(Math.Sqrt(2)).Within(1e-6));
        Assert.That(Math.Abs(parameters["layer1.weight"]), Is.EqualTo(3).Within(1e-6));
        Assert.That(TensorCopy.ToArray(perceptron.forward(input)).Single(), Is.EqualTo(parameters["layer1.weight"] * hidden).Within(1e-6));
    }

    [Test]
    public void Discrete_policies_act_in_onnx_as_in_torch()
    {
        using var policy = Support.Policies.Create(Support.Policies.Choices);
        var observations = Support.Policies.Observations(Rows);
        var probabilities = Torch(policy, observations, logits => logits.softmax(1));
        using var batch = Run(policy, Support.Policies.Choices, observations);

        var differences = 0.0;
        for (var row = 0; row < Rows; row++)
        {
            var score = batch.Score(row);
            for (var i = 0; i < 3; i++)
                differences = Math.Max(differences, Math.Abs(score[i] - probabilities[(row * 3) + i]));
            var expected = Enumerable.Range(0, 3).MaxBy(i => probabilities[(row * 3) + i]);
            Assert.That(batch.Choice(row), Is.EqualTo(expected));
        }

        Assert.That(differences, Is.LessThan(1e-5));
        Assert.That(Enumerable.Range(0, Rows).Select(row => batch.Choice(row)).Distinct().Count(), Is.EqualTo(3), "all actions occur");
    }

    [Test]
    public void Continuous_policies_act_in_onnx_as_in_torch_within_their_bounds()
    {
        using var policy = Support.Policies.Create(Support.Policies.Vectors);
        var observations = Support.Policies.Observations(Rows);
        var means = Torch(policy, observations, parameters => parameters.narrow(1, 0, 2));
        using var batch = Run(policy, Support.Policies.Vectors, observations);

        var clipped = 0;
        for (var row = 0; row < Rows; row++)
        {
            var (force, angle) = (means[2 * row], means[(2 * row) + 1]);
            Assert.That(batch.Score(row).ToArray(), Is.EqualTo(new[] { force, angle }).Within(1e-5f));
            Assert.That(batch.Action(row).ToArray(), Is.EqualTo(new[] { Math.Clamp(force, -0.25f, 0.25f), angle }).Within(1e-5f));
            clipped += Math.Abs(force) > 0.25 ? 1 : 0;
        }

        Assert.That(clipped, Is.InRange(Rows / 10, Rows * 9 / 10), "both sides of the bounds occur");
    }

    [Test]
    public void Acting_computes_what_training_computes()
    {
        using var policy = Support.Policies.Create(Support.Policies.Vectors);
        var observations = Support.Policies.Observations(5);
        var acted = policy.CreateActingBuffer(5);
        policy.Act([.. observations.SelectMany(row => row)], acted);

        Assert.That(acted, Is.EqualTo(Torch(policy, observations, parameters => parameters)).Within(1e-6f));
    }

    private static float[] Torch(StochasticPolicy policy, float[][] observations, Func<Tensor, Tensor> read)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var input = TensorCopy.From([.. observations.SelectMany(row => row)], observations.Length, observations[0].Length);
        return TensorCopy.ToArray(read(policy.Network.forward(input)));
    }

    private static PolicyBatch Run(StochasticPolicy policy, ActionSpace actions, float[][] observations)
    {
        // The batch keeps what it needs of the session alive only while the session is; both end with the test.
        var session = PolicySession.Open(policy.Export(Support.Policies.Metadata(actions)));
        var batch = session.CreateBatch(observations.Length);
        for (var row = 0; row < observations.Length; row++)
            observations[row].CopyTo(batch.Observation(row));
        batch.Run(observations.Length);
        session.Dispose();
        return batch;
    }
}
