using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>Tests that transforms that do not return the rows one by one are refused by name.</summary>
public sealed class LockStepRefusalTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_cache_before_the_trainer_is_refused_by_name()
    {
        var environment = CartPoles();
        var pipeline = _ml.Transforms.NormalizeMeanVariance("Observation").AppendCacheCheckpoint(_ml).Append(Trainer(environment));

        Assert.That(() => pipeline.Fit(environment), Refusal("CacheDataView", "AppendCacheCheckpoint"));
        Assert.That(() => Trainer(environment).Fit(_ml.Data.Cache(environment)), Refusal("CacheDataView", "Data.Cache"));
    }

    [Test]
    public void A_cache_before_further_transforms_is_refused_by_name()
    {
        var environment = CartPoles();
        var pipeline = _ml.Transforms.CopyColumns("Copy", "Observation").AppendCacheCheckpoint(_ml).Append(_ml.Transforms.NormalizeMeanVariance("Observation")).Append(Trainer(environment));

        Assert.That(() => pipeline.Fit(environment), Refusal("CacheDataView", "AppendCacheCheckpoint"));
    }

    [Test]
    public void A_shuffle_is_refused_by_name()
    {
        var environment = CartPoles();

        Assert.That(() => Trainer(environment).Fit(_ml.Data.ShuffleRows(environment)), Refusal("RowShufflingTransformer", "ShuffleRows"));
    }

    [Test]
    public void Filters_are_refused_by_name()
    {
        var environment = CartPoles();
        var mapped = _ml.Transforms.CustomMapping<Raw, Step>((raw, step) => step.Number = raw.Observation[0], contractName: null).Fit(environment).Transform(environment);

        Assert.Multiple(() =>
        {
            Assert.That(() => Trainer(environment).Fit(_ml.Data.FilterRowsByColumn(mapped, "Number", 0, 10)), Refusal("RangeFilter", "FilterRows"));
            Assert.That(() => Trainer(environment).Fit(_ml.Data.TakeRows(environment, 10)), Refusal("SkipTakeFilter", "TakeRows"));
            Assert.That(() => Trainer(environment).Fit(_ml.Data.SkipRows(environment, 10)), Refusal("SkipTakeFilter", "SkipRows"));
            Assert.That(() => Trainer(environment).Fit(_ml.Data.FilterRowsByMissingValues(environment, "Observation")), Refusal("NAFilter", "FilterRows"));
            Assert.That(() => Trainer(environment).Fit(_ml.Data.BootstrapSample(environment)), Refusal("BootstrapSamplingTransformer", "BootstrapSample"));
        });
    }

    [Test]
    public void Data_from_another_source_are_refused()
    {
        var environment = CartPoles();
        var strangers = _ml.Data.LoadFromEnumerable([new PolicyInput { Observation = [1, 2, 3, 4] }]);

        Assert.That(() => Trainer(environment).Fit(strangers), Throws.TypeOf<LockStepException>().With.Message.Contains("'CartPole'").And.Message.Contains("LoadFromEnvironment"));
        Assert.That(() => Trainer(environment).Fit(CartPoles()), Throws.TypeOf<LockStepException>().With.Message.Contains("'CartPole'"), "another view of the same environment is another environment");
    }

    [Test]
    public void A_refused_fit_leaves_a_cache_usable()
    {
        var cached = _ml.Data.Cache(CartPoles());
        Assert.That(() => Trainer(CartPoles()).Fit(cached), Throws.TypeOf<LockStepException>());

        Assert.That(cached.GetColumn<float[]>("Observation").Count(), Is.EqualTo(100));
    }

    [Test]
    public void A_refused_fit_leaves_the_view_readable()
    {
        var environment = CartPoles();
        Assert.That(() => Trainer(environment).Fit(_ml.Data.Cache(environment)), Throws.TypeOf<LockStepException>());

        Assert.That(environment.Preview(10).RowView, Has.Length.EqualTo(10));
        Assert.That(() => Trainer(environment).Fit(environment), Throws.Nothing);
    }

    [Test]
    public void A_policy_before_the_trainer_is_refused_by_name()
    {
        var environment = CartPoles();
        var scored = Support.Policies.Transformer(Support.Policies.Choices).Transform(environment);
        var features = _ml.Transforms.Concatenate("Features", "Observation", "Score").Fit(scored).Transform(scored);
        var trainer = _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { Columns = new("Features") });

        Assert.That(() => trainer.Fit(features), Refusal("PolicyDataView", "policy"));
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refusal(string offender, string advice) =>
        Throws.TypeOf<LockStepException>().With.Message.Contains(offender).And.Message.Contains(advice);

    private EnvironmentDataView CartPoles() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2, rows: 100);

    private TrpoEstimator Trainer(EnvironmentDataView environment) =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 96, StepsPerIteration = 48, HiddenLayers = [4], Seed = 1 });

    private sealed class Raw
    {
        public float[] Observation { get; set; } = [];
    }

    private sealed class Step
    {
        public float Number { get; set; }
    }
}
