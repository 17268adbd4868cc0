using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Estimators.Pipelines;

namespace Trpo.Tests.Pipelines;

/// <summary>A worker accepts what its registry was told of, and refuses to be told nonsense.</summary>
public sealed class PipelineRegistryTests
{
    [Test]
    public void An_allowed_loader_is_loaded_and_any_other_is_not()
    {
        var ml = new MLContext(seed: 1);
        var shop = PipelineChains.Environment(ml, "formula");
        var data = ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Characters", "Weekday").Fit(shop).Transform(shop);
        var model = FittedPipeline.Save(ml, shop, data);

        Assert.That(() => FittedPipeline.Load(ml, shop, model, new PipelineRegistry()), Throws.InstanceOf<InvalidDataException>().With.Message.Contains("loader 'CharToken' is not allowed on this worker"));
        Assert.That(FittedPipeline.Load(ml, shop, model, new PipelineRegistry().AllowLoader("CharToken")).Schema["Characters"].Type, Is.EqualTo(data.Schema["Characters"].Type));
        Assert.That(FittedPipeline.Load(ml, shop, model, new PipelineRegistry().AllowLoader("CharToken", typeof(OneHotEncodingTransformer).Assembly)), Is.Not.Null);
        Assert.That(() => FittedPipeline.Load(ml, shop, model, new PipelineRegistry().AllowLoader("CharToken", typeof(PipelineRegistryTests).Assembly)),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("loader 'CharToken' is in 'Trpo.Tests, Version"));
    }

    [Test]
    public void The_registered_object_runs_and_none_that_ml_net_would_create()
    {
        var calls = 0;
        var registry = new PipelineRegistry().AddCustomMapping(new PoleEnergy(() => calls++));
        var view = PipelineChains.Load(PipelineChains.Save("custom mapping"), registry);

        using (var cursor = view.GetRowCursor([view.Schema["Features"]]))
        {
            var getter = cursor.GetGetter<VBuffer<float>>(view.Schema["Features"]);
            VBuffer<float> value = default;
            for (var i = 0; i < 3; i++)
            {
                cursor.MoveNext();
                getter(ref value);
            }
        }

        Assert.That(calls, Is.GreaterThanOrEqualTo(3), "ML.NET reads some rows ahead");
    }

    [Test]
    public void A_factory_without_a_contract_name_or_with_one_that_is_taken()
    {
        var registry = new PipelineRegistry().AddCustomMapping(new PoleEnergy());

        Assert.That(() => registry.AddCustomMapping(new Nameless()), Throws.ArgumentException.With.Message.Contains("Nameless has no contract name"));
        Assert.That(() => registry.AddCustomMapping(new PoleEnergy()), Throws.ArgumentException.With.Message.Contains($"'{PoleEnergy.Contract}' is registered already"));
    }

    [TestCase("")]
    [TestCase("with a space")]
    [TestCase("A_name_of_twenty-five_char")]
    [TestCase("CustomTransformer")]
    public void A_name_that_no_loader_can_be_allowed_by(string loader)
    {
        Assert.That(() => new PipelineRegistry().AllowLoader(loader), Throws.ArgumentException);
        Assert.That(() => new PipelineRegistry().AllowLoader(loader, typeof(PoleEnergy).Assembly), Throws.ArgumentException);
    }

    private sealed class Nameless : CustomMappingFactory<PoleEnergy.Source, PoleEnergy.Destination>
    {
        public override Action<PoleEnergy.Source, PoleEnergy.Destination> GetMapping() => PoleEnergy.Map;
    }
}
