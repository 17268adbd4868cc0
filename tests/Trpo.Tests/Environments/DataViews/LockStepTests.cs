using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>Tests that the upstream transforms receive the observations of the training, one row at a time.</summary>
public sealed class LockStepTests
{
    private const int Steps = 96;

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_custom_mapping_receives_every_observation_of_the_training_and_the_policy_observes_its_output()
    {
        // Episodes of 4 steps have 5 observations: 0 to 3 are acted on, 4 is the final one.
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 1, rows: 8);
        var seen = new List<float>();
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>(
            (raw, mapped) =>
            {
                seen.Add(raw.Observation[0]);
                mapped.Features = [raw.Observation[0], 10 * raw.Observation[0], 1];
            },
            contractName: null);
        var model = mapping.Append(Trainer(environment, "Features")).Fit(environment);

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, Steps / 4).SelectMany(_ => new float[] { 0, 1, 2, 3, 4 }).Append(0)));
        Assert.That(model.LastTransformer.Metadata.Observations.Length, Is.EqualTo(3), "the policy's own input is the mapping's output");
    }

    [Test]
    public void The_policy_observes_normalized_observations()
    {
        // The table has the steps 0 to 4 in turn, twice: their mean square is 6, so the normaliser divides by sqrt(6).
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 2, rows: 10);
        var seen = new List<float>();
        var pipeline = _ml.Transforms.NormalizeMeanVariance("Observation")
            .Append(_ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) => seen.Add((mapped.Features = [raw.Observation[0], 0, 0])[0]), contractName: null))
            .Append(Trainer(environment, "Features"));
        pipeline.Fit(environment);

        float[] expected = [0, 1, 2, 3, 4];
        Assert.That(seen, Has.Count.GreaterThan(Steps));
        Assert.That(seen.Distinct().Order(), Is.EqualTo(expected.Select(step => step / Math.Sqrt(6))).Within(1e-6));
    }

    [Test]
    public void The_policy_observes_one_hot_encoded_observations()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 2, rows: 10);
        var seen = new List<string>();
        var pipeline = _ml.Transforms.CustomMapping<Raw, Step>((raw, step) => step.Number = raw.Observation[0], contractName: null)
            .Append(_ml.Transforms.Categorical.OneHotEncoding("Features", "Number"))
            .Append(_ml.Transforms.CustomMapping<Encoded, Encoded>(
                (encoded, copy) =>
                {
                    seen.Add(string.Join(' ', encoded.Features));
                    copy.Features = encoded.Features;
                },
                contractName: null))
            .Append(Trainer(environment, "Features"));

        pipeline.Fit(environment);

        Assert.That(seen.Distinct(), Is.EquivalentTo(new[] { "1 0 0 0 0", "0 1 0 0 0", "0 0 1 0 0", "0 0 0 1 0", "0 0 0 0 1" }));
    }

    [Test]
    public void Training_behind_stock_transforms_runs_through_all_of_them()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 4);
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Observation")
            .Append(_ml.Transforms.NormalizeMinMax("Copy"))
            .Append(_ml.Transforms.NormalizeBinning("Bins", "Observation"))
            .Append(_ml.Transforms.ReplaceMissingValues("Copy"))
            .Append(_ml.Transforms.Concatenate("Features", "Copy", "Bins"))
            .Append(Trainer(environment, "Features"));

        Assert.That(pipeline.Fit(environment).LastTransformer.Metadata.Observations.Length, Is.EqualTo(8));
    }

    [Test]
    public void A_transform_that_returns_another_number_of_values_is_refused()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 1);
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) => mapped.Features = raw.Observation[0] == 2 ? [1] : [1, 2, 3], contractName: null);

        Assert.That(() => mapping.Append(Trainer(environment, "Features")).Fit(environment), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'Features' has 1 values"));
    }

    [Test]
    public void Repeated_or_missing_slot_names_do_not_fail_training()
    {
        var environment = CartPoles();
        var doubled = _ml.Transforms.Concatenate("Features", "Observation", "Observation").Append(Trainer(environment, "Features"));

        Assert.That(doubled.Fit(environment).LastTransformer.Metadata.Observations.Names, Is.Empty);
        Assert.That(Trainer(environment).Fit(environment).Metadata.Observations.Names, Is.EqualTo(new[] { "position", "velocity", "angle", "angular velocity" }));
    }

    [Test]
    public void Stepping_and_reading_through_a_normaliser_allocates_nothing()
    {
        var environment = CartPoles();
        var data = _ml.Transforms.NormalizeMeanVariance("Observation").Fit(environment).Transform(environment);
        using var environments = new TransformedVectorEnvironment(environment, 2, data, data.Schema["Observation"]);
        environments.Queue.Reset(new Trpo.Runtime.Randomness.RandomSource(1));
        var observation = new float[4];
        float[] action = [1];
        Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);

        void Play()
        {
            for (var step = 0; step < 2_000; step++)
            {
                if (environments.Unwrapped.Step(step % 2, action).Ended)
                    environments.Unwrapped.Reset(step % 2, seed: null);
                environments.Read(step % 2, observation);
            }
        }
    }

    [Test]
    public void Other_readers_get_the_table_while_the_view_is_trained_on()
    {
        var environment = CartPoles();
        var table = environment.GetColumn<float[]>("Observation").ToList();
        var read = new List<List<float[]>>();
        var trainer = _ml.ReinforcementLearning.Trainers.Trpo(environment, Options("Observation") with
        {
            Progress = new Callback(() => read.Add([.. environment.GetColumn<float[]>("Observation")])),
        });
        trainer.Fit(environment);

        Assert.That(read, Is.Not.Empty);
        Assert.That(read, Is.All.EqualTo(table));
    }

    [Test]
    public void Two_fits_on_one_view_at_once_do_not_disturb_each_other()
    {
        var environment = CartPoles();
        var alone = Trainer(environment).Fit(environment).Onnx.ToArray();
        var together = new byte[2][];
        Parallel.For(0, 2, i => together[i] = Trainer(environment).Fit(environment).Onnx.ToArray());

        Assert.That(together, Is.All.EqualTo(alone));
    }

    [Test]
    public void A_transform_that_makes_something_not_finite_is_named_by_its_column()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment(), count: 1);
        var mapping = _ml.Transforms.CustomMapping<Raw, Mapped>((raw, mapped) => mapped.Features = [0, 1 / (3 - raw.Observation[0]), 0], contractName: null);

        Assert.That(() => mapping.Append(Trainer(environment, "Features")).Fit(environment),
            Throws.TypeOf<EnvironmentException>().With.Message.Contains("'Features'").And.Message.Contains("slot 1").And.Message.Contains("'Counting'"));
    }

    private static TrpoOptions Options(string column) => new()
    {
        TotalSteps = Steps,
        StepsPerIteration = Steps / 2,
        HiddenLayers = [4],
        Seed = 1,
        Columns = new(column),
    };

    private EnvironmentDataView CartPoles() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, rows: 100);

    private TrpoEstimator Trainer(EnvironmentDataView environment, string column = "Observation") =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, Options(column));

    private sealed class Callback(Action action) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => action();
    }

    private sealed class Raw
    {
        public float[] Observation { get; set; } = [];
    }

    private sealed class Mapped
    {
        [VectorType(3)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Step
    {
        public float Number { get; set; }
    }

    private sealed class Encoded
    {
        [VectorType(5)]
        public float[] Features { get; set; } = [];
    }
}
