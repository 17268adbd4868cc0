using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx.Interop;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>Tests of training on typed rows, which pass through the feature transforms in lock-step.</summary>
public sealed class TypedRowsTrainingTests
{
    private const int Steps = 96;

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_policy_observes_exactly_the_transformed_rows()
    {
        // Weekdays are numbered as they come: Mon, Wed, Tue; so are seasons: high, low. The mean square of the stock is (25 + 1600 + 0) / 3.
        var stock = 40 / Math.Sqrt(1625 / 3.0);
        double[][] expected =
        [
            [1, 0, 0, 1, 0, stock / 8, 1, 2],
            [0, 1, 0, 0, 1, stock, 3, 4],
            [0, 0, 1, 1, 0, 0, 5, 6],
        ];
        var environment = Load(count: 1);
        var seen = new List<float[]>();
        var model = Featurize().Append(_ml.Transforms.CustomMapping<Seen, Seen>((row, copy) => seen.Add(copy.Observation = [.. row.Observation]), contractName: null))
            .Append(Trainer(environment))
            .Fit(environment);

        // Episodes of two steps have three observations; one more is seen behind the last of them.
        Assert.That(seen, Has.Count.EqualTo((Steps / 2 * 3) + 1));
        for (var i = 0; i < seen.Count; i++)
            Assert.That(seen[i], Is.EqualTo(expected[i % 3]).Within(1e-5), $"row {i}");
        Assert.That(model.LastTransformer.Metadata.Observations.Length, Is.EqualTo(8));
        Assert.That(_ml.ReinforcementLearning.Evaluate(model, environment, episodes: 5).MeanLength, Is.EqualTo(2));
    }

    [Test]
    public void Stepped_rows_equal_the_rows_of_the_table()
    {
        var environment = Load(count: 2);
        var data = Featurize().Fit(environment).Transform(environment);
        var table = data.GetColumn<float[]>("Observation").Take(3).ToList();
        using var environments = new TransformedVectorEnvironment(environment, 2, data, data.Schema["Observation"]);
        environments.Queue.Reset(new RandomSource(1));
        var observation = new float[environments.ObservationLength];
        foreach (var expected in table)
        {
            for (var e = 0; e < 2; e++)
            {
                environments.Read(e, observation);
                Assert.That(observation, Is.EqualTo(expected));
                if (expected != table[^1])
                    environments.Unwrapped.Step(e, [0]);
            }
        }
    }

    [Test]
    public void Stepping_and_reading_through_the_featurisation_allocates_nothing()
    {
        var environment = Load(count: 1);
        var data = Featurize().Fit(environment).Transform(environment);
        using var environments = new TransformedVectorEnvironment(environment, 1, data, data.Schema["Observation"]);
        environments.Queue.Reset(new RandomSource(1));
        var observation = new float[environments.ObservationLength];
        float[] action = [1];
        Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Play()
        {
            for (var step = 0; step < 2_000; step++)
            {
                if (environments.Unwrapped.Step(0, action).Ended)
                    environments.Unwrapped.Reset(0, seed: null);
                environments.Read(0, observation);
            }
        }
    }

    [Test]
    public void A_missing_observation_column_is_refused_with_the_transforms_that_create_it()
    {
        var environment = Load(count: 1);
        var policy = Featurize().Append(Trainer(environment)).Fit(environment).LastTransformer;
        var shape = MicrosoftMLInternals.ShapeOf(environment.Schema);
        const string Combine = "Transforms.Categorical.OneHotEncoding(\"Weekday\"), Transforms.Conversion.MapKeyToVector(\"Season\"), Transforms.Concatenate(\"Observation\", \"Weekday\", \"Season\", \"Stock\", \"Demand\")";

        Assert.Multiple(() =>
        {
            Assert.That(() => Trainer(environment).Fit(environment), Advice());
            Assert.That(() => Trainer(environment).GetOutputSchema(shape), Advice());
            Assert.That(() => _ml.ReinforcementLearning.Evaluate(policy, environment), Advice());
        });

        static NUnit.Framework.Constraints.Constraint Advice() => Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.StartsWith("Could not find feature column 'Observation'. ").And.Message.Contains("'Scripted'").And.Message.Contains("Stock (number)").And.Message.Contains(Combine);
    }

    [Test]
    public void The_message_about_an_environment_without_columns_has_no_such_advice()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), observationColumnName: "State");

        Assert.That(() => Trainer(environment).Fit(environment), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.EqualTo("Could not find feature column 'Observation' (Parameter 'inputSchema')"));
    }

    private EnvironmentDataView Load(int count) => _ml.ReinforcementLearning.LoadFromEnvironment(TypedRow.Environment, count, rows: 9);

    private EstimatorChain<ColumnConcatenatingTransformer> Featurize() => _ml.Transforms.Conversion.MapValueToKey("Weekday")
        .Append(_ml.Transforms.Conversion.MapKeyToVector("Weekday"))
        .Append(_ml.Transforms.Categorical.OneHotEncoding("Season"))
        .Append(_ml.Transforms.NormalizeMeanVariance("Stock"))
        .Append(_ml.Transforms.Concatenate("Observation", "Weekday", "Season", "Stock", "Demand"));

    private TrpoEstimator Trainer(EnvironmentDataView environment) =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = Steps, StepsPerIteration = Steps / 2, HiddenLayers = [4], Seed = 1 });

    private sealed class Seen
    {
        [VectorType(8)]
        public float[] Observation { get; set; } = [];
    }
}
