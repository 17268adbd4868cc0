using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;

namespace TrpoApp._1.Tests;

public sealed class PipelineTests
{
    private readonly MLContext _ml = new(seed: 1);
    private EnvironmentDataView _beds = null!;
    private ITransformer _model = null!;

    [OneTimeSetUp]
    public void Train()
    {
        _beds = _ml.ReinforcementLearning.LoadFromEnvironment(GardenEnvironment.Create);
        _model = PolicyTraining.Train(_ml, _beds, steps: 50_000, seed: 1);
    }

    [Test]
    public void Policy_of_a_short_training_beats_the_rule()
    {
        var evaluation = _ml.ReinforcementLearning.Evaluate(_model, _beds, episodes: 50, seed: 1);

        Assert.That(evaluation.MeanReturn, Is.GreaterThan(WateringRule.MeanReturn(episodes: 50, seed: 1)));
    }

    [Test]
    public void Saved_model_and_graph_decide_the_same_on_rows()
    {
        var (chain, graph) = (Path.GetTempFileName(), Path.GetTempFileName());
        try
        {
            PolicyModel.Save(_ml, _model, _beds.Schema, chain);
            PolicyModel.ExportToOnnx(PolicyModel.UntilPolicy(_model), graph);
            using var policy = PolicySession.Open(graph);
            Morning[] mornings = [.. Enumerable.Range(0, 30).Select(i => new Morning { Forecast = i % 2 == 0 ? "sunny" : "rain", Stage = (uint)(i % 3), Moisture = i / 30f, Temperature = 20 })];

            var decisions = Decisions.Of(chain, mornings).Select(decision => decision.Watering);

            Assert.That(decisions, Is.EqualTo(mornings.Select(morning => policy.Metadata.Actions.Names[policy.ActOn(morning)])));
        }
        finally
        {
            File.Delete(chain);
            File.Delete(graph);
        }
    }
}
