using Trpo.Estimators.Foundation;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

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
    public void The_perceptron_consists_of_linear_layers_with_tanh_between()
    {
        using var perceptron = new Perceptron(1, [1], 1, Activation.Tanh, outputGain: 3, new RandomSource(1));
        var parameters = perceptron.named_parameters().ToDictionary(parameter => parameter.name, parameter => TensorCopy.ToArray(parameter.parameter).Single());
        using var input = TensorCopy.From([0.7f], 1, 1);
        var hidden = Math.Tanh(parameters["layer0.weight"] * 0.7);

        Assert.That(Math.Abs(parameters["layer0.weight"]), Is.EqualTo(Math.Sqrt(2)).Within(1e-6));
        Assert.That(Math.Abs(parameters["layer1.weight"]), Is.EqualTo(3).Within(1e-6));
        Assert.That(TensorCopy.ToArray(perceptron.forward(input)).Single(), Is.EqualTo(parameters["layer1.weight"] * hidden).Within(1e-6));
    }

    [Test]
    public void The_parameters_of_the_network_come_first_and_those_that_do_not_depend_on_the_observation_last()
    {
        using var policy = Support.Policies.Create(Support.Policies.Vectors);
        double[] values = [.. Enumerable.Range(0, policy.Length).Select(i => (i % 7) - 3.0)];
        policy.Assign(values);
        var copy = new double[policy.Length];
        policy.CopyTo(copy);
        var parameters = new double[policy.ParameterLength];
        policy.Evaluate([0, 0, 0, 0], parameters);

        Assert.That(policy.Length, Is.EqualTo((5 * 8) + (9 * 8) + (9 * 2) + 2));
        Assert.That(copy, Is.EqualTo(values));
        Assert.That(parameters[2..], Is.EqualTo(values[^2..]));
        Assert.That(policy.NameOf(0), Is.EqualTo("layer0.weight"));
        Assert.That(policy.NameOf(policy.Length - 3), Is.EqualTo("layer2.bias"));
        Assert.That(policy.NameOf(policy.Length - 2), Is.EqualTo("state_independent"));
    }

    [Test]
    public void Policies_act_in_onnx_as_in_training([Range(0, 3)] int index)
    {
        // Large weights and biases, as after training, so that every action occurs and bounds are reached.
        var space = Spaces[index];
        using var policy = Support.Policies.Create(space);
        var random = new RandomSource(5);
        var values = new double[policy.Length];
        policy.CopyTo(values);
        policy.Assign([.. values.Select(value => value + (0.3 * random.NextGaussian()))]);
        var observations = Support.Policies.Observations(Rows);
        var parameters = new double[Rows * policy.ParameterLength];
        policy.Evaluate([.. observations.SelectMany(row => row)], parameters);
        using var batch = Run(policy, space, observations);

        var (difference, compared) = (0.0, 0);
        var occurred = new HashSet<string>();
        var action = new float[space.Length];
        for (var row = 0; row < Rows; row++)
        {
            var one = parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength).ToArray();
            var (scores, margin) = Scores(space, one);
            difference = Math.Max(difference, scores.Zip(batch.Score(row).ToArray(), (expected, actual) => Math.Abs(expected - actual)).Max());
            policy.Distribution.Mode(one, action);
            float[] deployed = batch.IsDiscrete ? [batch.Choice(row)] : batch.Action(row).ToArray();
            if (space is BoxActionSpace)
                Assert.That(deployed, Is.EqualTo(action).Within(1e-5f));
            else if (margin > 1e-4)
                Assert.That(deployed, Is.EqualTo(action));
            compared += margin > 1e-4 ? 1 : 0;
            occurred.Add(string.Join(' ', action.Select(value => Math.Round(value))));
        }

        Assert.That(difference, Is.LessThan(1e-5));
        Assert.That(compared, Is.GreaterThan(Rows * 0.99), "few rows are too close to a tie");
        Assert.That(occurred, Has.Count.GreaterThan(2));
    }

    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, ActionSpace.MultiDiscrete([2, 3]), ActionSpace.MultiBinary(3), Support.Policies.Vectors];

    // The scores of the parameters, and the distance to the nearest other action.
    private static (double[] Scores, double Margin) Scores(ActionSpace space, double[] parameters) => space switch
    {
        DiscreteActionSpace => Softmax(parameters),
        MultiDiscreteActionSpace => ([.. Softmax(parameters[..2]).Scores, .. Softmax(parameters[2..]).Scores], Math.Min(Softmax(parameters[..2]).Margin, Softmax(parameters[2..]).Margin)),
        MultiBinaryActionSpace => ([.. parameters.Select(logit => 1 / (1 + Math.Exp(-logit)))], parameters.Min(Math.Abs)),
        _ => (parameters[..2], 1),
    };

    private static (double[] Scores, double Margin) Softmax(double[] logits)
    {
        var largest = logits.OrderDescending().ToArray();
        var sum = logits.Sum(logit => Math.Exp(logit - largest[0]));
        return ([.. logits.Select(logit => Math.Exp(logit - largest[0]) / sum)], largest[0] - largest[1]);
    }

    private static PolicyBatch Run(StochasticPolicy policy, ActionSpace actions, float[][] observations)
    {
        // The batch is valid only as long as its session; both are disposed with the test.
        var session = PolicySession.Open(policy.Export(Support.Policies.Metadata(actions)));
        var batch = session.CreateBatch(observations.Length);
        for (var row = 0; row < observations.Length; row++)
            observations[row].CopyTo(batch.Observation(row));
        batch.Run(observations.Length);
        session.Dispose();
        return batch;
    }
}
