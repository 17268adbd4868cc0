using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx.Interop;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>A column of the right name and a wrong type is refused in ML.NET's words before any row is read, by whatever meets it first.</summary>
public sealed class WrongColumnTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly TestCaseData[] Columns =
    [
        new TestCaseData(View(new VariableRow()), "VarVector<Single>").SetArgDisplayNames("a vector of any length"),
        new TestCaseData(View(new DoubleRow()), "Vector<Double, 4>").SetArgDisplayNames("a vector of doubles"),
        new TestCaseData(View(new ScalarRow()), "Single").SetArgDisplayNames("a number"),
        new TestCaseData(View(new TextRow()), "String").SetArgDisplayNames("a text"),
    ];

    [TestCaseSource(nameof(Columns))]
    public void By_a_policy(IDataView view, string type)
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        NUnit.Framework.Constraints.Constraint Refused() => Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.Contains($"Schema mismatch for feature column 'Observation': expected Vector<Single, 4>, got {type}");

        Assert.Multiple(() =>
        {
            Assert.That(() => policy.Transform(view), Refused());
            Assert.That(() => policy.GetOutputSchema(view.Schema), Refused());
            Assert.That(() => policy.GetRowToRowMapper(view.Schema), Refused());
        });
    }

    [TestCaseSource(nameof(Columns))]
    public void By_an_estimator(IDataView view, string type)
    {
        var environment = Ml.ReinforcementLearning.LoadFromEnvironment(() => new CountingEnvironment());
        var estimator = Ml.ReinforcementLearning.Trainers.Trpo(environment);
        var kind = type.Split(',')[0].TrimEnd('>');

        Assert.That(() => estimator.GetOutputSchema(MicrosoftMLInternals.ShapeOf(view.Schema)), Throws.TypeOf<ArgumentOutOfRangeException>()
            .With.Message.Contains("Schema mismatch for feature column 'Observation'").And.Message.Contains($"got {kind}"));
        Assert.That(() => estimator.Fit(view), Throws.InstanceOf<ArgumentException>().With.Message.Contains("'Observation'"));
    }

    [Test]
    public void By_a_prediction_engine()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        NUnit.Framework.Constraints.Constraint Refused() => Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Schema mismatch for feature column 'Observation'");

        Assert.Multiple(() =>
        {
            Assert.That(() => Ml.Model.CreatePredictionEngine<VariableRow, ChoiceOutput>(policy), Refused());
            Assert.That(() => Ml.Model.CreatePredictionEngine<DoubleRow, ChoiceOutput>(policy), Refused());
            Assert.That(() => Ml.Model.CreatePredictionEngine<ScalarRow, ChoiceOutput>(policy), Refused());
            Assert.That(() => Ml.Model.CreatePredictionEngine<TextRow, ChoiceOutput>(policy), Refused());
        });
    }

    private static IDataView View<T>(T row) where T : class => Ml.Data.LoadFromEnumerable([row]);

    private sealed class VariableRow
    {
        public float[] Observation { get; set; } = [1, 2, 3, 4];

        public float Id { get; set; }
    }

    private sealed class DoubleRow
    {
        [VectorType(4)]
        public double[] Observation { get; set; } = [1, 2, 3, 4];

        public float Id { get; set; }
    }

    private sealed class ScalarRow
    {
        public float Observation { get; set; }

        public float Id { get; set; }
    }

    private sealed class TextRow
    {
        public string Observation { get; set; } = "1, 2, 3, 4";

        public float Id { get; set; }
    }
}
