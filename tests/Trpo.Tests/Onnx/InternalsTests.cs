using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Tests.Onnx;

/// <summary>Each use of ML.NET's internals is bound once here, so that an upgrade that moves one of them fails loudly (saving and loading: <see cref="PersistenceTests"/>).</summary>
public sealed class InternalsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_shape_of_a_schema()
    {
        var shape = MicrosoftMLInternals.ShapeOf(Support.Policies.View(_ml, []).Schema);

        Assert.That(shape.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id" }));
        Assert.That(MicrosoftMLInternals.Describe(shape[0]), Is.EqualTo("Vector<Single>"));
    }

    [Test]
    public void The_source_of_a_transform()
    {
        var view = Support.Policies.View(_ml, []);

        Assert.That(MicrosoftMLInternals.SourceOf(_ml.Data.TakeRows(view, 1)), Is.SameAs(view));
        Assert.That(MicrosoftMLInternals.SourceOf(view), Is.Null);
    }

    [Test]
    public void The_columns_of_a_normaliser()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(5));
        NormalizingTransformer normalizer = _ml.Transforms.NormalizeMinMax("Scaled", "Observation").Fit(view);

        Assert.That(MicrosoftMLInternals.ColumnsOf(normalizer), Is.EqualTo(new[] { ("Observation", "Scaled") }));
    }

    [Test]
    public void The_loader_is_registered_for_ml_net_to_find()
    {
        var attribute = typeof(Trpo.Onnx.PolicyTransformer).Assembly.GetCustomAttributes(false).Single(candidate => candidate.GetType().Name == "LoadableClassAttribute");

        Assert.That(attribute.GetType().GetProperty("LoadNames")!.GetValue(attribute), Is.EqualTo(new[] { "TrpoPolicy" }));
    }
}
