using System.Text.Json;
using TorchSharp;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>
/// One update of a small policy, computed in float64 by PyTorch from the slides' code: the inputs, and every intermediate result. The network,
/// the distribution and the problem are this library's, set to the fixture's values.
/// </summary>
internal sealed class SeedUpdate : IDisposable
{
    private readonly JsonElement _json;
    private readonly Tensor _observations;
    private readonly double[] _actions;
    private readonly int _rows;

    public SeedUpdate(string name, Differentiation differentiation)
    {
        _json = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        var layers = _json.GetProperty("layers").Deserialize<int[]>()!;
        var actionLength = layers[^1];
        _rows = _json.GetProperty("observations").GetArrayLength();
        _observations = tensor(Vector("observations")).view(_rows, layers[0]);
        _actions = Vector("actions");

        IActionDistribution distribution = IsCategorical
            ? new CategoricalDistribution(ActionSpace.Discrete(actionLength))
            : new CensoredGaussianDistribution(ActionSpace.Box([.. Enumerable.Repeat(float.NegativeInfinity, actionLength)], [.. Enumerable.Repeat(float.PositiveInfinity, actionLength)]), 0);
        var perceptron = new Perceptron(layers[0], layers[1..^1], actionLength, Activation.Tanh, 1, new RandomSource(0));
        perceptron.to(ScalarType.Float64);
        Policy = new StochasticPolicy(new FixedInputs(TestNetworks.Differentiate(perceptron, differentiation), _observations), distribution);
        Policy.Assign(Vector("theta"));

        // The network has the observations as they are, in float64; these only say how many there are.
        Problem = new PolicyProblem(Policy, new float[_rows * layers[0]], _actions, Vector("advantages"), fisherFraction: 1);
    }

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public StochasticPolicy Policy { get; }

    public PolicyProblem Problem { get; }

    /// <summary>The logarithm of the probability of each action at the present parameters.</summary>
    public double[] LogProbabilities()
    {
        var (length, actionLength) = (Policy.ParameterLength, _actions.Length / _rows);
        var parameters = new double[_rows * length];
        Policy.Evaluate(new float[_rows], parameters);
        return [.. Enumerable.Range(0, _rows).Select(row => Policy.Distribution.LogProbability(
            parameters.AsSpan(row * length, length), _actions.AsSpan(row * actionLength, actionLength), []))];
    }

    public double Number(string name) => _json.GetProperty(name).GetDouble();

    /// <summary>A list of numbers, nested or not, as one vector.</summary>
    public double[] Vector(string name) => [.. Flatten(_json.GetProperty(name))];

    public IEnumerable<(double Coefficient, double Surrogate, double Kl, double Ratio)> Trials =>
        _json.GetProperty("line_search_trials").EnumerateArray().Select(trial => (
            trial.GetProperty("coefficient").GetDouble(), trial.GetProperty("surrogate").GetDouble(),
            trial.GetProperty("kl").GetDouble(), trial.GetProperty("improvement_ratio").GetDouble()));

    public double AcceptedBySlidesRule => _json.GetProperty("accepted_by_slides_rule").GetProperty("coefficient").GetDouble();

    public double AcceptedWithKlCheck => Number("accepted_coefficient_with_kl_check");

    private bool IsCategorical => _json.GetProperty("kind").GetString() == "categorical";

    private static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "seed-update");

    public void Dispose()
    {
        Policy.Dispose();
        _observations.Dispose();
    }

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
