using System.Text.Json;
using TorchSharp;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Randomness;
using Trpo.Onnx.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>
/// One update of a small policy, computed in float64 by PyTorch from the slides' code: the inputs, and every number on the way. The network,
/// the distribution and the parameters are this library's, set to the fixture's values.
/// </summary>
internal sealed class SeedUpdate : IDisposable
{
    private readonly JsonElement _json;
    private readonly PolicyNetwork _network;
    private readonly IActionDistribution _distribution;
    private readonly Tensor _observations;
    private readonly Tensor _actions;
    private readonly Tensor _advantages;
    private readonly Tensor _oldParameters;
    private readonly Tensor _oldLogProbability;

    public SeedUpdate(string name)
    {
        _json = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Folder, name + ".json")));
        var layers = _json.GetProperty("layers").Deserialize<int[]>()!;
        var actionLength = layers[^1];
        _distribution = IsCategorical
            ? new CategoricalDistribution(ActionSpace.Discrete(actionLength))
            : new DiagonalGaussianDistribution(ActionSpace.Box(new float[actionLength], [.. Enumerable.Repeat(1f, actionLength)]), 0);
        _network = new PolicyNetwork(new Perceptron(layers[0], layers[1..^1], actionLength, 1, new RandomSource(0)), _distribution.StateIndependentParameters);
        _network.to(ScalarType.Float64);

        // The fixtures have the logarithms of the standard deviations last.
        Parameters = new FlatParameters(_network.named_parameters().OrderBy(parameter => parameter.name == "state_independent"));
        Parameters.Assign(Vector("theta"));

        var rows = _json.GetProperty("observations").GetArrayLength();
        _observations = tensor(Vector("observations")).view(rows, layers[0]);
        _actions = tensor(Vector("actions")).view(rows, -1);
        _advantages = tensor(Vector("advantages"));
        using var withoutGradients = no_grad();
        _oldParameters = _network.forward(_observations);
        _oldLogProbability = _distribution.LogProbability(_oldParameters, _actions);
    }

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder).Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal);

    public FlatParameters Parameters { get; }

    public Tensor OldLogProbability => _oldLogProbability;

    private bool IsCategorical => _json.GetProperty("kind").GetString() == "categorical";

    private static string Folder => Path.Combine(TestContext.CurrentContext.TestDirectory, "Fixtures", "seed-update");

    public (Tensor Surrogate, Tensor MeanKl) Evaluate()
    {
        var parameters = _network.forward(_observations);
        var ratio = SurrogateObjective.Ratio(_distribution.LogProbability(parameters, _actions), _oldLogProbability);
        return (SurrogateObjective.Value(ratio, _advantages), _distribution.KullbackLeibler(_oldParameters, parameters).mean());
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

    public void Dispose()
    {
        foreach (var tensor in (Tensor[])[_observations, _actions, _advantages, _oldParameters, _oldLogProbability])
            tensor.Dispose();
        _network.Dispose();
    }

    private static IEnumerable<double> Flatten(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().SelectMany(Flatten) : [element.GetDouble()];
}
