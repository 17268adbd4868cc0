using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Refusals that schema and options decide, before the first step, and the untrained policy with which users check what follows a training.</summary>
public sealed class ExportCheckTests
{
    private static readonly TrpoOptions Short = new() { TotalSteps = 200, StepsPerIteration = 50, HiddenLayers = [4], Seed = 5 };

    private readonly MLContext _ml = new(seed: 1);
    private int _steps;

    [SetUp]
    public void ResetSteps() => _steps = 0;

    [Test]
    public void A_policy_that_could_not_be_loaded_is_refused_before_training()
    {
        var actions = ActionSpace.MultiDiscrete(Enumerable.Repeat(2, 21_000).ToArray());
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(actions), count: 1);
        var trainer = _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { HiddenLayers = [1], TotalSteps = 10 });

        Assert.That(() => trainer.Fit(environment), Throws.InvalidOperationException.With.Message.Contains("could not be loaded again").And.Message.Contains("parts"));
        Assert.That(() => trainer.CreateUntrained(environment.Schema), Throws.InvalidOperationException.With.Message.Contains("could not be loaded again"));
    }

    [Test]
    public void A_probability_that_the_distribution_does_not_export_is_refused_before_training()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new Pendulum(), () => _steps++), count: 1);
        var options = Short with { Distribution = arguments => new ScoreOnly((BoxActionSpace)arguments.Actions), Columns = new PolicyColumns { Probability = "Density" } };
        var trainer = _ml.ReinforcementLearning.Trainers.Trpo(environment, options);

        Assert.That(() => trainer.Fit(environment), Throws.InvalidOperationException.With.Message.Contains("log_standard_deviation"));
        Assert.That(() => trainer.CreateUntrained(environment.Schema), Throws.InvalidOperationException);
        Assert.That(_steps, Is.Zero);
    }

    [Test]
    public void An_untrained_policy_is_the_one_that_training_begins_with()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () => _steps++), count: 2);
        using var untrained = _ml.ReinforcementLearning.Trainers.Trpo(environment, Short).CreateUntrained(environment.Schema);
        using var cancelled = _ml.ReinforcementLearning.Trainers.Trpo(environment, Short with { Cancellation = new CancellationToken(canceled: true) }).Fit(environment);

        Assert.That(untrained.Onnx.ToArray(), Is.EqualTo(cancelled.Onnx.ToArray()));
        Assert.That(_steps, Is.Zero);
    }

    [Test]
    public void A_transform_that_cannot_be_saved_or_exported_is_found_before_the_first_step()
    {
        using var folder = new TemporaryFolder();
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () => _steps++), count: 2);
        var transforms = _ml.Transforms.CustomMapping<Raw, Doubled>((raw, doubled) => doubled.Features = [.. raw.Observation.Select(value => 2 * value)], contractName: null).Fit(environment);
        using var untrained = _ml.ReinforcementLearning.Trainers.Trpo(environment, Short with { Columns = new("Features") }).CreateUntrained(transforms.GetOutputSchema(environment.Schema));
        var model = transforms.Append(untrained);

        Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(model, folder.PathOf("policy.onnx")), Throws.TypeOf<NotSupportedException>().With.Message.Contains("CustomMappingTransformer"));
        Assert.That(() => PolicyModel.Save(_ml, model, environment.Schema, folder.PathOf("model.zip")), Throws.InvalidOperationException.With.Message.Contains("cannot be saved"));
        Assert.That(_steps, Is.Zero);
    }

    [Test]
    public void A_missing_column_is_named_by_an_untrained_policy_too()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 1);

        Assert.That(() => _ml.ReinforcementLearning.Trainers.Trpo(environment, Short with { Columns = new("Features") }).CreateUntrained(environment.Schema), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("'Features'"));
    }

    private sealed class Raw
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class Doubled
    {
        [VectorType(4)]
        public float[] Features { get; set; } = [];
    }
}
