using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Cloning;
using Trpo.Estimators.Logs;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Cloning;

/// <summary>Tests of policies that imitate rows.</summary>
public sealed class BehaviourCloningTests
{
    private static readonly BehaviourCloningOptions Small = new() { HiddenLayers = [16], Steps = 60, Seed = 1, NormalizeObservations = true };

    [Test]
    public void A_policy_takes_the_actions_of_the_rows()
    {
        using var policy = Fit([.. Observations(200).Select(values => new Choice { Observation = values, Action = Rule(values) ? "warm" : "cold" })]);
        var wrong = Observations(100).Count(values => policy.Session.Act(values) != (Rule(values) ? 1 : 0));

        Assert.That(wrong, Is.LessThanOrEqualTo(3));
        Assert.That(policy.Metadata.Provenance["rows"], Is.EqualTo("200"));

        static bool Rule(float[] values) => values[0] > 20 + (5 * values[1]);
    }

    [Test]
    public void Continuous_actions_are_imitated_and_still_explored()
    {
        Vector[] rows = [.. Observations(300).Select(values => new Vector { Observation = values, Action = [Rule(values)] })];
        var ml = new MLContext(1);
        using var policy = ml.ReinforcementLearning.Trainers.BehaviourCloning(ActionSpace.Box([0], [1], "power"), Small with { Steps = 200 }).Fit(ml.Data.LoadFromEnumerable(rows));
        var action = new float[1];
        var error = rows.Average(row =>
        {
            policy.Session.Act(row.Observation, action);
            return Math.Abs(action[0] - row.Action[0]);
        });

        Assert.That(error, Is.LessThan(0.05));
        Assert.That(GraphContent.FromOnnx(policy.Onnx.ToArray()).Constants["log_standard_deviations"][0], Is.GreaterThanOrEqualTo(Small.MinLogStandardDeviation + Math.Log(0.5) - 1e-3));

        static float Rule(float[] values) => Math.Clamp(0.5f + ((20 - values[0]) / 20) - (0.2f * values[1]), 0, 1);
    }

    [Test]
    public void A_training_begins_with_an_imitation()
    {
        var ml = new MLContext(1);
        Vector[] rows = [.. Observations(300).Select(values => new Vector { Observation = values, Action = [Math.Clamp(0.4f + ((20 - values[0]) / 10), 0, 1)] })];
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new HeatedRoom(0.05), count: 4);
        using var imitation = ml.ReinforcementLearning.Trainers.BehaviourCloning(view.ActionSpace, Small).Fit(ml.Data.LoadFromEnumerable(rows));
        var options = InitialPolicy.FromModel(imitation).Adapt(new TrpoOptions { TotalSteps = 1_024, StepsPerIteration = 512, FinalStepsPerIteration = 512, Seed = 1 });
        var trained = First(options);
        var untrained = First(options with { InitialPolicy = null });

        Assert.That(trained, Is.GreaterThan(untrained + 30), "the mean return of the first iteration");

        double First(TrpoOptions settings)
        {
            var listener = new Listener();
            ml.ReinforcementLearning.Trainers.Trpo(view, settings with { Progress = listener }).Fit(view).Dispose();
            return listener.Iterations[0].MeanReturn;
        }
    }

    [Test]
    public void A_row_with_a_missing_value_or_an_unknown_action_is_refused_with_its_number()
    {
        Choice[] rows = [.. Observations(5).Select(values => new Choice { Observation = values, Action = "warm" })];
        rows[3].Observation[1] = float.NaN;
        Assert.That(() => Fit(rows), Throws.InstanceOf<LogException>().With.Message.Contains("Row 3: value 1 of column 'Observation' is NaN").And.Property(nameof(LogException.Row)).EqualTo(3));
        rows[3].Observation[1] = 0;
        rows[2].Action = "hot";
        Assert.That(() => Fit(rows), Throws.InstanceOf<LogException>().With.Message.Contains("Row 2: column 'Action' has the action 'hot'"));
        Assert.That(() => Fit([]), Throws.InstanceOf<LogException>().With.Message.Contains("no row"));
        var ml = new MLContext(1);
        var beyond = ml.Data.LoadFromEnumerable(new[] { new Vector { Observation = [20, 0], Action = [2] } });
        Assert.That(() => ml.ReinforcementLearning.Trainers.BehaviourCloning(ActionSpace.Box([0], [1], "power"), Small).Fit(beyond), Throws.InstanceOf<LogException>().With.Message.Contains("the value 2 in dimension 'power'"));
    }

    private static PolicyTransformer Fit(Choice[] rows)
    {
        var ml = new MLContext(1);
        return ml.ReinforcementLearning.Trainers.BehaviourCloning(ActionSpace.Discrete("cold", "warm"), Small).Fit(ml.Data.LoadFromEnumerable(rows));
    }

    private static IEnumerable<float[]> Observations(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => new[] { 10 + (15 * random.NextSingle()), random.NextSingle() })];
    }

    private sealed class Choice
    {
        [VectorType(2)]
        public float[] Observation { get; set; } = [];

        public string Action { get; set; } = "";
    }

    private sealed class Vector
    {
        [VectorType(2)]
        public float[] Observation { get; set; } = [];

        [VectorType(1)]
        public float[] Action { get; set; } = [];
    }
}
