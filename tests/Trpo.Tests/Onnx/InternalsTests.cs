using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;

namespace Trpo.Tests.Onnx;

/// <summary>Each use of ML.NET's internals is bound once here, so that an upgrade that moves one of them fails loudly (saving and loading: <see cref="PersistenceTests"/>; the converter: <see cref="Converter.ConvertToOnnxTests"/>, <see cref="Converter.DataTransformTests"/>).</summary>
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
    public void The_transformer_of_a_view()
    {
        var view = Support.Policies.View(_ml, []);
        var concatenation = _ml.Transforms.Concatenate("A", "Id").Fit(view);

        Assert.That(MicrosoftMLInternals.TransformerOf(concatenation.Transform(view)), Is.SameAs(concatenation));
        Assert.That(MicrosoftMLInternals.TransformerOf(view), Is.Null);
    }

    [Test]
    public void The_columns_of_a_normaliser()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(5));
        NormalizingTransformer normalizer = _ml.Transforms.NormalizeMinMax("Scaled", "Observation").Fit(view);

        Assert.That(MicrosoftMLInternals.ColumnsOf(normalizer), Is.EqualTo(new[] { ("Observation", "Scaled") }));
        Assert.That(MicrosoftMLInternals.ColumnsOf(_ml.Transforms.Concatenate("A", "Id").Fit(view) as ITransformer), Is.Null);
    }

    [Test]
    public void The_columns_of_a_concatenation()
    {
        var view = Support.Policies.View(_ml, []);

        var columns = MicrosoftMLInternals.ColumnsOf(_ml.Transforms.Concatenate("All", "Observation", "Id").Fit(view)).ToList();
        Assert.That(columns.Single().Output, Is.EqualTo("All"));
        Assert.That(columns.Single().Inputs, Is.EqualTo(new[] { "Observation", "Id" }));
    }

    [Test]
    public void The_columns_that_a_selection_keeps()
    {
        var view = Support.Policies.View(_ml, []);
        var kept = (ColumnSelectingTransformer)_ml.Transforms.SelectColumns("Id").Fit(view);
        var dropped = (ColumnSelectingTransformer)_ml.Transforms.DropColumns("Id").Fit(view);

        Assert.That((MicrosoftMLInternals.Keeps(kept, "Id"), MicrosoftMLInternals.Keeps(kept, "Observation")), Is.EqualTo((true, false)));
        Assert.That((MicrosoftMLInternals.Keeps(dropped, "Id"), MicrosoftMLInternals.Keeps(dropped, "Observation")), Is.EqualTo((false, true)));
    }

    [Test]
    public void The_parts_of_a_one_hot_encoding_and_the_options_of_the_vectors_in_it()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(5));
        var encoding = _ml.Transforms.Categorical.OneHotEncoding("Bag", "Observation", OneHotEncodingEstimator.OutputKind.Bag).Fit(view);

        var parts = MicrosoftMLInternals.PartsOf(encoding).ToList();
        Assert.That(parts.Select(part => part.GetType()), Is.EqualTo(new[] { typeof(ValueToKeyMappingTransformer), typeof(KeyToVectorMappingTransformer) }));
        Assert.That(MicrosoftMLInternals.IsBag((KeyToVectorMappingTransformer)parts[1], 0), Is.True);
    }

    [Test]
    public void The_parameters_of_a_normaliser_of_rows()
    {
        var view = Support.Policies.View(_ml, []);
        var contrast = (LpNormNormalizingTransformer)_ml.Transforms.NormalizeGlobalContrast("Observation", ensureUnitStandardDeviation: true, scale: 3).Fit(view);

        Assert.That(MicrosoftMLInternals.ParametersOf(contrast, 0), Is.EqualTo((LpNormNormalizingEstimatorBase.NormFunction.StandardDeviation, true, 3f)));
    }

    [Test]
    public void The_loader_is_registered_for_ml_net_to_find()
    {
        var attributes = typeof(Trpo.Onnx.PolicyTransformer).Assembly.GetCustomAttributes(false).Where(candidate => candidate.GetType().Name == "LoadableClassAttribute").ToList();

        Assert.That(attributes, Has.Count.EqualTo(2), "of a model, and of a view");
        foreach (var attribute in attributes)
            Assert.That(attribute.GetType().GetProperty("LoadNames")!.GetValue(attribute), Is.EqualTo(new[] { "TrpoPolicy" }));
    }
}
