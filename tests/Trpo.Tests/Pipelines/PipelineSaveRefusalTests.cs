using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>Views that cannot travel to a worker are refused by name, with the way out.</summary>
public sealed class PipelineSaveRefusalTests
{
    private readonly MLContext _ml = new(seed: 1);
    private EnvironmentDataView _environment = null!;

    [OneTimeSetUp]
    public void Open() => _environment = PipelineChains.Environment(_ml, "binning");

    [Test]
    public void The_view_itself_has_no_bytes_and_no_bytes_are_the_view_itself()
    {
        Assert.That(FittedPipeline.Save(_ml, _environment, _environment), Is.Empty);
        Assert.That(FittedPipeline.Load(_ml, _environment, default, new PipelineRegistry()), Is.SameAs(_environment));
    }

    [Test]
    public void A_stateful_mapping()
    {
        var mapping = _ml.Transforms.StatefulCustomMapping<PoleEnergy.Source, PoleEnergy.Destination, object>((source, destination, _) => PoleEnergy.Map(source, destination), _ => { }, "Stateful");

        Assert.That(Refusal(Apply(mapping)), Does.Contain("'CartPole'").And.Contain("(StatefulCustomMapping) keeps state from row to row. Use a CustomMapping"));
    }

    [Test]
    public void A_mapping_without_a_contract_name_in_the_middle_of_a_chain()
    {
        var mapping = _ml.Transforms.CustomMapping<PoleEnergy.Source, PoleEnergy.Destination>(PoleEnergy.Map, contractName: null);
        var chain = _ml.Transforms.NormalizeMinMax("Scaled", "Observation").Append(mapping).Append(_ml.Transforms.CopyColumns("Features", "Energy"));

        Assert.That(Refusal(Apply(chain)), Does.Contain("CustomMappingTransformer (CustomMapping) has no contract name. Give it a contractName"));
    }

    [Test]
    public void A_cache_of_rows() =>
        Assert.That(Refusal(_ml.Transforms.NormalizeMinMax("Observation").Fit(_environment).Transform(_ml.Data.Cache(_environment))), Does.Contain("CacheDataView caches the rows. Remove the AppendCacheCheckpoint"));

    [Test]
    public void A_filter_of_rows() =>
        Assert.That(Refusal(_ml.Data.TakeRows(_environment, 5)), Does.Contain("drops rows").And.Contain("Remove the filter"));

    [Test]
    public void A_policy_whose_score_another_policy_observes()
    {
        using var policy = _ml.ReinforcementLearning.Trainers.Trpo(_environment, new TrpoOptions { TotalSteps = 1 }).CreateUntrained(_environment.Schema);

        Assert.That(Refusal(policy.Transform(_environment)), Does.Contain("PolicyDataView reads rows ahead"));
    }

    [Test]
    public void The_view_of_another_environment() =>
        Assert.That(Refusal(PipelineChains.Environment(_ml, "binning")), Does.Contain("EnvironmentDataView is another view than that of the environment. Fit the transforms on the view"));

    [Test]
    public void A_view_that_is_no_transform() =>
        Assert.That(Refusal(_ml.Data.LoadFromEnumerable(new[] { new PoleEnergy.Source { Observation = new float[4] } })), Does.Contain("is no transform of the environment's view"));

    private IDataView Apply(IEstimator<ITransformer> chain) => chain.Fit(_environment).Transform(_environment);

    private string Refusal(IDataView data) => Assert.Throws<InvalidOperationException>(() => FittedPipeline.Save(_ml, _environment, data))!.Message;
}
