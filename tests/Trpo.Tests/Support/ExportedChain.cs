using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Exports chains, runs them in plain OnnxRuntime on the raw columns, and compares with what ML.NET makes of the same rows.</summary>
internal static class ExportedChain
{
    /// <summary>Fits a pipeline that ends in a column "Features", puts policies behind it, and asserts that their graphs decide as they do.</summary>
    public static void AssertSame(MLContext ml, IEstimator<ITransformer> pipeline, bool withMissing = false)
    {
        var transforms = pipeline.Fit(ChainRow.View(ml, ChainRow.Training()));
        AssertSame(ml, transforms, ChainRow.View(ml, ChainRow.Scoring(withMissing)));
    }

    public static void AssertSame(MLContext ml, ITransformer transforms, IDataView view)
    {
        foreach (var actions in new[] { Policies.Vectors, Policies.Choices })
        {
            using var policy = Policy(transforms.GetOutputSchema(view.Schema), actions);
            var model = transforms.Append(policy);
            var path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");
            try
            {
                ml.ReinforcementLearning.ExportToOnnx(model, path, view.Schema);
                Assert.That(OnnxChecker.Faults(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)), identifiers: false), Is.Empty);
                var scored = model.Transform(view);
                var expected = scored.GetColumn<float[]>("Score").ToArray();
                var (scores, choices) = Run(path, view, actions);

                Assert.That(scores, Has.Length.EqualTo(expected.Length));
                for (var row = 0; row < expected.Length; row++)
                    Assert.That(scores[row], Is.EqualTo(expected[row]).Within(1e-5f), $"row {row}");
                if (choices is not null)
                    Assert.That(choices.Select(choice => (uint)(choice + 1)), Is.EqualTo(scored.GetColumn<uint>("Action")));
                Assert.That(expected.Select(score => score[0]).Distinct().Count(), Is.GreaterThan(1), "the rows differ");
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>An untrained policy over the column "Features" of a schema.</summary>
    public static PolicyTransformer Policy(DataViewSchema schema, ActionSpace actions) =>
        new(Policies.Onnx(actions, ((VectorDataViewType)schema["Features"].Type).Size), new PolicyColumns("Features"));

    /// <summary>Runs a graph on the columns of a view that it takes; the only vector where it takes an observation.</summary>
    public static (float[][] Scores, long[]? Choices) Run(string path, IDataView view, ActionSpace actions, string observation = "Position") =>
        Run(path, view, actions, name => name == "observation" ? observation : name);

    /// <summary>Runs a graph on the columns of a view.</summary>
    /// <param name="path">The file of the graph.</param>
    /// <param name="view">The rows.</param>
    /// <param name="actions">The actions of the policy.</param>
    /// <param name="columnOf">Returns the column of an input.</param>
    public static (float[][] Scores, long[]? Choices) Run(string path, IDataView view, ActionSpace actions, Func<string, string> columnOf)
    {
        using var session = new InferenceSession(path);
        using var run = new RunOptions();
        string[] names = [.. session.InputNames];
        OrtValue[] inputs = [.. names.Select(name => Tensor(view, view.Schema[columnOf(name)]))];
        using var outputs = session.Run(run, names, inputs, ["score", "action"]);
        foreach (var input in inputs)
            input.Dispose();
        float[][] scores = [.. outputs[0].GetTensorDataAsSpan<float>().ToArray().Chunk(actions.ScoreLength)];
        return (scores, actions is DiscreteActionSpace ? outputs[1].GetTensorDataAsSpan<long>().ToArray() : null);
    }

    private static OrtValue Tensor(IDataView view, DataViewSchema.Column column)
    {
        var item = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        return item.RawType switch
        {
            var type when type == typeof(ReadOnlyMemory<char>) => Texts(Values<ReadOnlyMemory<char>>(view, column)),
            var type when type == typeof(float) => Numbers(Values<float>(view, column)),
            var type when type == typeof(double) => Numbers(Values<double>(view, column)),
            var type when type == typeof(int) => Numbers(Values<int>(view, column)),
            var type when type == typeof(ulong) => Numbers(Values<ulong>(view, column)),
            var type when type == typeof(bool) => Numbers(Values<bool>(view, column)),
            var type when type == typeof(uint) => Numbers(Values<uint>(view, column)),
            var type => throw new NotSupportedException($"{column.Name} has items of {type}."),
        };
    }

    private static T[][] Values<T>(IDataView view, DataViewSchema.Column column) => column.Type is VectorDataViewType
        ? [.. view.GetColumn<VBuffer<T>>(column).Select(row => row.DenseValues().ToArray())]
        : [.. view.GetColumn<T>(column).Select(value => new[] { value })];

    private static OrtValue Numbers<T>(T[][] rows) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory<T>([.. rows.SelectMany(row => row)], [rows.Length, rows[0].Length]);

    private static OrtValue Texts(ReadOnlyMemory<char>[][] rows)
    {
        var tensor = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [rows.Length, rows[0].Length]);
        var index = 0;
        foreach (var text in rows.SelectMany(row => row))
            tensor.StringTensorSetElementAt(text.Span, index++);
        return tensor;
    }
}
