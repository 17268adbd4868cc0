using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Benchmarks;

/// <summary>A policy with a batch of random observations, actions, advantages and value targets.</summary>
internal sealed class Workload
{
    private const ulong Seed = 1;

    private Workload(string name, int inputs, int[] hiddenLayers, ActionSpace actions, int rows)
    {
        HiddenLayers = hiddenLayers;
        Name = $"{name}_{rows}";
        Space = actions;
        Rows = rows;
        Inputs = inputs;
        Distribution = ActionDistribution.For(actions, initialLogStandardDeviation: -0.5);
        var random = new RandomSource(Seed);
        Observations = [.. Enumerable.Range(0, rows * inputs).Select(_ => (float)random.NextGaussian())];
        Actions = new double[rows * actions.Length];
        Advantages = [.. Enumerable.Range(0, rows).Select(_ => random.NextGaussian())];
        Targets = [.. Enumerable.Range(0, rows).Select(row => Observations[row * inputs] + (0.1 * random.NextGaussian()))];

        var policy = CreatePolicy();
        var parameters = new double[rows * policy.ParameterLength];
        policy.Evaluate(Observations, parameters);
        var action = new float[actions.Length];
        for (var row = 0; row < rows; row++)
        {
            Distribution.Sample(parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength), random, action);
            for (var i = 0; i < action.Length; i++)
                Actions[(row * action.Length) + i] = action[i];
        }
    }

    public string Name { get; }

    public ActionSpace Space { get; }

    public int Rows { get; }

    public int Inputs { get; }

    public IReadOnlyList<int> HiddenLayers { get; }

    /// <summary>Gets the widths of the policy's network, from the inputs to the outputs.</summary>
    public IReadOnlyList<int> Widths => [Inputs, .. HiddenLayers, Distribution.NetworkOutputs];

    public IActionDistribution Distribution { get; }

    public float[] Observations { get; }

    public double[] Actions { get; }

    public double[] Advantages { get; }

    public double[] Targets { get; }

    /// <summary>Creates a 17-64-64-6 policy with a diagonal Gaussian, the size of a two-legged robot.</summary>
    public static Workload Gaussian(int rows) => new("gaussian", 17, [64, 64], Box(6), rows);

    /// <summary>Creates a 4-64-64-2 policy with a categorical distribution, the size of CartPole.</summary>
    public static Workload Categorical(int rows) => new("categorical", 4, [64, 64], ActionSpace.Discrete(2), rows);

    /// <summary>Creates a 27-256-256-8 policy with a diagonal Gaussian, the size of a four-legged robot.</summary>
    public static Workload Ant(int rows) => new("27_256_256_8", 27, [256, 256], Box(8), rows);

    /// <summary>Creates a 376-256-256-17 policy with a diagonal Gaussian, the size of a humanoid robot.</summary>
    public static Workload Humanoid(int rows) => new("376_256_256_17", 376, [256, 256], Box(17), rows);

    /// <summary>Creates the perceptron, with the same weights every time.</summary>
    public PerceptronModel CreatePerceptron() => PerceptronModel.Create(Inputs, HiddenLayers, Distribution.NetworkOutputs, Activation.Tanh, outputGain: 0.1, new RandomSource(Seed));

    /// <summary>Creates the policy that training would use.</summary>
    public StochasticPolicy CreatePolicy() => new(CreatePerceptron(), Distribution);

    /// <summary>Creates the policy computed in TorchSharp, without the kernels.</summary>
    public StochasticPolicy CreateTorchPolicy() => new(new Perceptron(CreatePerceptron()), Distribution);

    /// <summary>Creates the policy computed and differentiated by libtorch as networks of users are.</summary>
    public StochasticPolicy CreateDifferentiatedPolicy() => new(new TorchNetwork(new Perceptron(CreatePerceptron()), Distribution.NetworkOutputs), Distribution);

    public PolicyProblem CreateProblem(StochasticPolicy policy, double fisherFraction = 1) => new(policy, Observations, Actions, Advantages, fisherFraction);

    private static BoxActionSpace Box(int length) => ActionSpace.Box(Enumerable.Repeat(-1f, length).ToArray(), Enumerable.Repeat(1f, length).ToArray());
}
