using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Evaluation;

/// <summary>Tests that a policy that does not fit the environment or the rows is refused with the shapes of both, whatever transform stands in front of it.</summary>
public sealed class PolicyFitTests
{
    private static readonly string[] Pipelines = ["none", "mean and variance", "minimum and maximum", "Concatenate"];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void An_environment_with_another_number_of_observations_is_refused([ValueSource(nameof(Pipelines))] string pipeline)
    {
        var model = Trained(pipeline);

        Assert.That(() => _ml.ReinforcementLearning.Evaluate(model, View(3, "Narrow"), episodes: 1),
            Throws.ArgumentException.With.Message.StartsWith("The policy was trained on Observation[4], but environment 'Narrow' has Observation[3]. It was trained in environment 'Wide'."));
        Assert.That(_ml.ReinforcementLearning.Evaluate(model, View(4, "Other"), episodes: 1).Episodes, Has.Count.EqualTo(1));
    }

    [Test]
    public void An_environment_with_a_column_of_another_name_is_refused([ValueSource(nameof(Pipelines))] string pipeline) =>
        Assert.That(() => _ml.ReinforcementLearning.Evaluate(Trained(pipeline), View(4, "Other", column: "State"), episodes: 1),
            Throws.ArgumentException.With.Message.StartsWith("The policy was trained on Observation[4], but environment 'Other' has State[4].").And.Message.Contains("observationColumnName"));

    [Test]
    public void An_environment_of_typed_columns_is_refused() =>
        Assert.That(() => _ml.ReinforcementLearning.Evaluate(Trained("none"), _ml.ReinforcementLearning.LoadFromEnvironment(() => new Typed()), episodes: 1),
            Throws.ArgumentException.With.Message.StartsWith("The policy was trained on Observation[4], but environment 'Typed' has Place, Season (Key of 2), Weather (Text), Past[3]."));

    [Test]
    public void An_environment_with_other_actions_is_refused()
    {
        ActionSpace[] others = [ActionSpace.Discrete(3), ActionSpace.Box([-1], [1]), ActionSpace.MultiBinary(2), ActionSpace.MultiDiscrete([2])];

        Assert.Multiple(() =>
        {
            foreach (var other in others)
            {
                Assert.That(() => _ml.ReinforcementLearning.Evaluate(Trained("none"), View(4, "Other", actions: other), episodes: 1),
                    Throws.ArgumentException.With.Message.EqualTo($"The policy's actions are Discrete(2), but environment 'Other' takes {other}. It was trained in environment 'Wide'."));
            }
        });
    }

    [Test]
    public void A_transform_that_takes_vectors_of_any_length_fits_another_environment()
    {
        var wide = View(4, "Wide");
        var model = Mapping().Append(Trainer(wide, "Features")).Fit(wide);

        Assert.That(_ml.ReinforcementLearning.Evaluate(model, View(3, "Narrow"), episodes: 2).Episodes, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_failing_environment_of_another_shape_is_not_called_one()
    {
        var wide = View(4, "Wide");
        var model = Mapping().Append(Trainer(wide, "Features")).Fit(wide);
        var failing = _ml.ReinforcementLearning.LoadFromEnvironment(() => new FragileEnvironment { Stepping = _ => throw new InvalidOperationException("No answer.") });

        Assert.That(() => _ml.ReinforcementLearning.Evaluate(model, failing, episodes: 1), Throws.TypeOf<EnvironmentException>().With.Message.Contains("No answer."));
    }

    [TestCase("mean and variance")]
    [TestCase("minimum and maximum")]
    public void Rows_of_another_length_are_refused_with_both_lengths(string pipeline)
    {
        var model = Trained(pipeline);
        using var engine = _ml.Model.CreatePredictionEngine<Three, Decision>(model);
        using var declared = _ml.Model.CreatePredictionEngine<Four, Decision>(model);
        var scored = model.Transform(_ml.Data.LoadFromEnumerable([new Three { Observation = [1, 2, 3] }]));

        Assert.That(() => engine.Predict(new Three { Observation = [1, 2, 3] }), Throws.InvalidOperationException.With.Message.Contains("trained on Observation[4]; the data have Observation[3]"));
        Assert.That(() => declared.Predict(new Four { Observation = [1, 2, 3] }), Throws.InvalidOperationException.With.Message.Contains("trained on Observation[4]; the data have Observation[4]").And.Message.Contains("length"));
        Assert.That(() => scored.GetColumn<uint>("Action").ToList(),
            Throws.Exception.With.Message.Contains("trained on Observation[4]; the data have Observation[3]").Or.InnerException.With.Message.Contains("trained on Observation[4]; the data have Observation[3]"));
        var failed = Assert.Catch(() => scored.GetColumn<uint>("Action").ToList())!;
        Assert.That(Regex.Count($"{failed.Message} {failed.InnerException?.Message}", "was trained on"), Is.EqualTo(1), "one explanation");
    }

    private ITransformer Trained(string pipeline)
    {
        var wide = View(4, "Wide");
        IEstimator<ITransformer>? front = pipeline switch
        {
            "mean and variance" => _ml.Transforms.NormalizeMeanVariance("Observation"),
            "minimum and maximum" => _ml.Transforms.NormalizeMinMax("Observation"),
            "Concatenate" => _ml.Transforms.Concatenate("Features", "Observation", "Observation"),
            _ => null,
        };
        return front is null ? Trainer(wide).Fit(wide) : front.Append(Trainer(wide, pipeline == "Concatenate" ? "Features" : "Observation")).Fit(wide);
    }

    private CustomMappingEstimator<Any, Mapped> Mapping() =>
        _ml.Transforms.CustomMapping<Any, Mapped>((raw, mapped) => mapped.Features = [raw.Observation.GetValues()[0]], contractName: null);

    private EnvironmentDataView View(int length, string name, string? column = null, ActionSpace? actions = null) =>
        _ml.ReinforcementLearning.LoadFromEnvironment(() => new Noise(length, name, actions ?? ActionSpace.Discrete(2)), count: 2, rows: 50, observationColumnName: column);

    private TrpoEstimator Trainer(EnvironmentDataView view, string column = "Observation") =>
        _ml.ReinforcementLearning.Trainers.Trpo(view, new() { TotalSteps = 40, StepsPerIteration = 20, HiddenLayers = [4], Seed = 1, Columns = new(column) });

    private sealed class Noise(int length, string name, ActionSpace actions) : IEnvironment
    {
        private readonly RandomSource _random = new(1);
        private int _step;

        public string Name => name;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(length);

        public ActionSpace ActionSpace => actions;

        public void Reset(int? seed, Span<float> observation)
        {
            _step = 0;
            Observe(observation);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Observe(observation);
            return new StepResult(1, Terminated: ++_step == 4);
        }

        private void Observe(Span<float> observation)
        {
            foreach (ref var value in observation)
                value = (float)_random.NextGaussian();
        }
    }

    private sealed class Typed : IEnvironment
    {
        public ObservationSpace ObservationSpace { get; } = ObservationSpace.OfColumns(
            ObservationColumn.Number("Place"), ObservationColumn.Key("Season", "low", "high"), ObservationColumn.Text("Weather", "dry", "wet"), ObservationColumn.Vector("Past", 3));

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(2);

        public void Reset(int? seed, Span<float> observation) => observation.Clear();

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            observation.Clear();
            return new StepResult(1, Terminated: true);
        }
    }

    private sealed class Three
    {
        [VectorType(3)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Four
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Any
    {
        public VBuffer<float> Observation { get; set; }
    }

    private sealed class Mapped
    {
        [VectorType(1)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Decision
    {
        public uint Action { get; set; }
    }
}
