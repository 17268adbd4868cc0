using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx;
using Trpo.Tests.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

public sealed class TrpoEstimatorTests
{
    [Test]
    public void Learns_to_balance_the_pole()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());
        var listener = new Listener();
        var model = ml.Transforms.NormalizeMeanVariance("Observation")
            .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 30_000, Seed = 1, Progress = listener }))
            .Fit(cartPole);
        var evaluation = ml.ReinforcementLearning.Evaluate(model, cartPole, episodes: 50);

        Assert.Multiple(() =>
        {
            Assert.That(evaluation.MeanReturn, Is.GreaterThanOrEqualTo(475));
            Assert.That(listener.Iterations[0].MeanReturn, Is.LessThan(50), "an untrained policy does not reach it");
            Assert.That(listener.Iterations.Select(iteration => iteration.Update.MeanKl), Is.All.LessThanOrEqualTo(0.01));
            Assert.That(listener.Iterations.Count(iteration => iteration.Update.Outcome == TrustRegionOutcome.Accepted), Is.GreaterThan(25));
            Assert.That(listener.Iterations[^1].Steps, Is.EqualTo(30_000));
        });
    }

    [Test]
    public void Learns_continuous_actions()
    {
        var ml = new MLContext(seed: 1);
        var target = ml.ReinforcementLearning.LoadFromEnvironment(() => new TargetEnvironment());
        var model = ml.ReinforcementLearning.Trainers.Trpo(target, new() { TotalSteps = 20_000, Seed = 1, InitialLogStandardDeviation = -1, TrustRegion = new() { MaxKl = 0.05 } }).Fit(target);

        // The best return is 0; always answering 0 gives -1/3.
        Assert.That(ml.ReinforcementLearning.Evaluate(model, target, episodes: 200).MeanReturn, Is.GreaterThan(-0.01));
    }

    [Test]
    public void The_same_seed_gives_the_same_learning_curve_and_the_same_onnx_bytes()
    {
        var (first, firstOnnx) = TrainShortly(seed: 3);
        var (second, secondOnnx) = TrainShortly(seed: 3);
        var (_, otherOnnx) = TrainShortly(seed: 4);

        Assert.That(second.Select(Curve), Is.EqualTo(first.Select(Curve)));
        Assert.That(secondOnnx, Is.EqualTo(firstOnnx));
        Assert.That(otherOnnx, Is.Not.EqualTo(firstOnnx));
    }

    [Test]
    public void Without_a_seed_training_takes_one_from_the_context()
    {
        var (_, first) = TrainShortly(seed: null, contextSeed: 5);
        var (_, second) = TrainShortly(seed: null, contextSeed: 5);
        var (_, other) = TrainShortly(seed: null, contextSeed: 6);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [Test]
    public void Reports_every_iteration()
    {
        var (iterations, _) = TrainShortly(seed: 1);

        Assert.Multiple(() =>
        {
            Assert.That(iterations.Select(iteration => iteration.Iteration), Is.EqualTo(Enumerable.Range(1, 4)));
            Assert.That(iterations.Select(iteration => iteration.Steps), Is.EqualTo(new[] { 272, 548, 824, 1100 }), "divided evenly, to a step in each of 4 environments");
            Assert.That(iterations.Select(iteration => iteration.Entropy), Is.All.InRange(0.5, Math.Log(2)));
            Assert.That(iterations[0].Entropy, Is.EqualTo(Math.Log(2)).Within(1e-3), "the first policy is nearly uniform");
            Assert.That(iterations.Select(iteration => iteration.MeanReturn), Is.EqualTo(iterations.Select(iteration => iteration.MeanEpisodeLength)), "a step returns 1");
            Assert.That(iterations.Select(iteration => iteration.StepsPerSecond), Is.All.GreaterThan(0));
        });
    }

    [Test]
    public void The_output_schema_of_the_estimator_equals_that_of_the_transformer()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 16);
        var estimator = ml.ReinforcementLearning.Trainers.Trpo(cartPole, Short(1) with { Columns = new("Observation", "Push", "Odds") });
        var before = ml.Transforms.CopyColumns("Copy", "Observation").Fit(cartPole).Transform(cartPole);

        var promised = estimator.GetOutputSchema(Shape(ml, before.Schema));
        var actual = Shape(ml, estimator.Fit(before).GetOutputSchema(before.Schema));

        Assert.That(promised.Select(Describe), Is.EquivalentTo(actual.Select(Describe)));
        Assert.That(promised.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Copy", "Push", "Odds" }));
    }

    [Test]
    public void Works_in_the_middle_of_a_chain()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 64);
        var pipeline = ml.Transforms.NormalizeMeanVariance("Features", "Observation")
            .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, Short(1) with { Columns = new("Features") }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("ActionName", "Action"));
        Assert.That(() => pipeline.GetOutputSchema(Shape(ml, cartPole.Schema)), Throws.Nothing);

        var scored = pipeline.Fit(cartPole).Transform(cartPole);
        var names = scored.GetColumn<string>("ActionName").ToList();

        Assert.That(names, Has.Count.EqualTo(64));
        Assert.That(names.Distinct(), Is.SubsetOf(new[] { "left", "right" }));
        Assert.That(SchemaText.KeyValues(scored.Schema["Action"]), Is.EqualTo(new[] { "left", "right" }));
    }

    [Test]
    public void A_missing_observation_column_gives_the_schema_mismatch_message_of_ml_net()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 16);
        var estimator = ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { Columns = new("Features") });

        Assert.That(() => estimator.Fit(cartPole), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find feature column 'Features'"));
        Assert.That(() => estimator.GetOutputSchema(Shape(ml, cartPole.Schema)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find feature column 'Features'"));
    }

    [Test]
    public void An_observation_column_of_another_type_gives_the_schema_mismatch_message_of_ml_net()
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 16);
        var converted = ml.Transforms.Conversion.ConvertType("Observation", outputKind: DataKind.Double).Fit(cartPole).Transform(cartPole);
        var estimator = ml.ReinforcementLearning.Trainers.Trpo(cartPole);

        Assert.That(() => estimator.Fit(converted), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Schema mismatch for feature column 'Observation'").And.Message.Contains("Single").And.Message.Contains("Double"));
        Assert.That(() => estimator.GetOutputSchema(Shape(ml, converted.Schema)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("got Vector<Double>"));
    }

    [TestCaseSource(nameof(WrongOptions))]
    public void An_option_out_of_range_is_named(string name, TrpoOptions options)
    {
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), rows: 16);

        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(cartPole, options),
            Throws.InstanceOf<ArgumentException>().With.Property("ParamName").EqualTo(name).And.Message.Contains(name));
    }

    [Test]
    public void The_defaults_are_the_documented_ones()
    {
        var options = new TrpoOptions();

        Assert.Multiple(() =>
        {
            Assert.That(options.TotalSteps, Is.EqualTo(100_000));
            Assert.That(options.StepsPerIteration, Is.EqualTo(512));
            Assert.That(options.Discount, Is.EqualTo(0.99));
            Assert.That(options.GaeLambda, Is.EqualTo(0.95));
            Assert.That(options.HiddenLayers, Is.EqualTo(new[] { 64, 64 }));
            Assert.That(options.HiddenActivation, Is.EqualTo(Activation.Tanh));
            Assert.That(options.InitialLogStandardDeviation, Is.Zero);
            Assert.That(options.FisherFraction, Is.EqualTo(0.2));
            Assert.That(options.Threads, Is.Null);
            Assert.That(options.Shards, Is.Null);
            Assert.That(options.Seed, Is.Null);
            Assert.That(options.TrustRegion, Is.EqualTo(new TrustRegionOptions { MaxKl = 0.01, Damping = 0.1, ConjugateGradientSteps = 10, ConjugateGradientTolerance = 1e-3, MaxBacktracks = 10, BacktrackFactor = 0.5, AcceptRatio = 0.1 }));
            Assert.That(options.ValueFunction, Is.EqualTo(new Trpo.Estimators.Baselines.ValueFunctionOptions { Steps = 2, FisherFraction = 0.2, TrustRegion = new() { MaxKl = 0.3, ConjugateGradientSteps = 4, ConjugateGradientTolerance = 0.01 } }));
            Assert.That(options.Columns, Is.EqualTo(new PolicyColumns("Observation", "Action", "Score")));
        });
    }

    internal static (IReadOnlyList<TrpoIteration> Iterations, byte[] Onnx) TrainShortly(int? seed, int contextSeed = 1)
    {
        var ml = new MLContext(contextSeed);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        var listener = new Listener();
        var policy = ml.ReinforcementLearning.Trainers.Trpo(cartPole, Short(seed) with { Progress = listener }).Fit(cartPole);
        return (listener.Iterations, policy.Onnx.ToArray());
    }

    private static TrpoOptions Short(int? seed) => new() { TotalSteps = 1_100, StepsPerIteration = 256, HiddenLayers = [16], Seed = seed };

    private static IEnumerable<TestCaseData> WrongOptions()
    {
        (string, TrpoOptions)[] wrong =
        [
            ("TotalSteps", new() { TotalSteps = 0 }),
            ("StepsPerIteration", new() { StepsPerIteration = 1 }),
            ("StepsPerIteration", new() { StepsPerIteration = int.MaxValue }),
            ("Discount", new() { Discount = 1.01 }),
            ("Discount", new() { Discount = double.NaN }),
            ("GaeLambda", new() { GaeLambda = -0.1 }),
            ("HiddenLayers", new() { HiddenLayers = [64, 0] }),
            ("HiddenLayers", new() { HiddenLayers = [2_000_000_000] }),
            ("HiddenLayers", new() { HiddenLayers = null! }),
            ("InitialLogStandardDeviation", new() { InitialLogStandardDeviation = 3 }),
            ("MaxKl", new() { TrustRegion = new() { MaxKl = 0 } }),
            ("Damping", new() { TrustRegion = new() { Damping = -1 } }),
            ("ConjugateGradientSteps", new() { TrustRegion = new() { ConjugateGradientSteps = 0 } }),
            ("ConjugateGradientTolerance", new() { TrustRegion = new() { ConjugateGradientTolerance = double.NaN } }),
            ("MaxBacktracks", new() { TrustRegion = new() { MaxBacktracks = 0 } }),
            ("BacktrackFactor", new() { TrustRegion = new() { BacktrackFactor = 1 } }),
            ("AcceptRatio", new() { TrustRegion = new() { AcceptRatio = 1.5 } }),
            ("TrustRegion", new() { TrustRegion = null! }),
            ("HiddenActivation", new() { HiddenActivation = (Activation)7 }),
            ("Threads", new() { Threads = 0 }),
            ("FisherFraction", new() { FisherFraction = 0 }),
            ("FisherFraction", new() { FisherFraction = double.NaN }),
            ("Steps", new() { ValueFunction = new() { Steps = 0 } }),
            ("FisherFraction", new() { ValueFunction = new() { FisherFraction = 1.1 } }),
            ("MaxKl", new() { ValueFunction = new() { TrustRegion = new() { MaxKl = double.NaN } } }),
            ("TrustRegion", new() { ValueFunction = new() { TrustRegion = null! } }),
            ("ValueFunction", new() { ValueFunction = null! }),
            ("Columns", new() { Columns = null! }),
            ("Score", new() { Columns = new(Score: "") }),
        ];
        return wrong.Select((test, index) => new TestCaseData(test.Item1, test.Item2).SetArgDisplayNames(test.Item1, $"{index}"));
    }

    private static (int, double, double, double, double, double, TrustRegionOutcome) Curve(TrpoIteration iteration) => (
        iteration.Steps, iteration.MeanReturn, iteration.Update.MeanKl, iteration.Entropy, iteration.ExplainedVariance, iteration.ValueLoss, iteration.Update.Outcome);

    // The schema shape that an upstream estimator would report.
    private static SchemaShape Shape(MLContext ml, DataViewSchema schema) => Trpo.Onnx.Interop.MicrosoftMLInternals.ShapeOf(schema);

    private static string Describe(SchemaShape.Column column) =>
        $"{column.Name}: {column.Kind} {column.ItemType} key={column.IsKey} [{string.Join(", ", column.Annotations.Select(Describe))}]";
}
