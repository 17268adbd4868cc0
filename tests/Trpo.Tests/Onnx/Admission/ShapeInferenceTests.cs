using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Admission;

/// <summary>The inferred types and shapes beside those that OnnxRuntime computes, for each admitted operator and batches of several sizes.</summary>
public sealed class ShapeInferenceTests
{
    private const string Standard = OperatorTable.Standard;

    // Names of operators, inputs and attributes. "x" is [N, 4], "image" [N, 2, 5, 6], "cube" [N, 2, 3, 4], "places" int64[N, 4], all of numbers of the observation.
    private static readonly (string Operators, string[] Inputs, (string, object)[] Attributes)[] Cases =
    [
        ("Abs Neg Sign Ceil Floor Round Sqrt Reciprocal Exp Log Sin Cos Sigmoid Tanh Relu LeakyRelu Elu Selu Softplus Softsign HardSigmoid Erf Clip Softmax LogSoftmax Hardmax LpNormalization Identity IsNaN IsInf", ["x"], []),
        ("Not", ["truth"], []),
        ("BatchNormalization", ["x", "four", "four", "four", "four"], []),
        ("InstanceNormalization", ["image", "two", "two"], []),
        ("Cast", ["x"], [("to", 11L)]),
        ("Add Sub Mul Div Pow Max Min Sum Mean PRelu Equal Less LessOrEqual Greater GreaterOrEqual", ["cube", "four"], []),
        ("Add Mul Max", ["x", "cube_first"], []),
        ("Mod", ["cube", "four"], [("fmod", 1L)]),
        ("And Or Xor", ["truth", "truth"], []),
        ("Where", ["truth", "x", "four"], []),
        ("ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceSumSquare ReduceLogSum ReduceLogSumExp", ["cube"], [("axes", new long[] { 1, -1 }), ("keepdims", 0L)]),
        ("ReduceSum ReduceMax", ["cube"], []),
        ("ReduceMean", ["cube"], [("axes", new long[] { -2 })]),
        ("ArgMax ArgMin", ["cube"], [("axis", 2L), ("keepdims", 0L)]),
        ("ArgMax", ["x"], [("axis", -1L)]),
        ("TopK", ["cube", "k"], [("axis", 2L)]),
        ("CumSum", ["cube", "axis"], []),
        ("MatMul", ["cube", "four_by_three"], []),
        ("MatMul", ["x", "four"], []),
        ("Gemm", ["x", "three_by_four", "three"], [("transB", 1L)]),
        ("Conv", ["image", "filters"], [("pads", new long[] { 1, 0, 2, 1 }), ("strides", new long[] { 2, 1 }), ("dilations", new long[] { 1, 2 })]),
        ("Conv", ["image", "filters"], [("auto_pad", "SAME_UPPER"), ("strides", new long[] { 2, 3 })]),
        ("Conv", ["image", "depthwise"], [("group", 2L)]),
        ("MaxPool AveragePool", ["image"], [("kernel_shape", new long[] { 2, 3 }), ("strides", new long[] { 2, 2 }), ("pads", new long[] { 1, 1, 0, 1 })]),
        ("MaxPool AveragePool", ["image"], [("kernel_shape", new long[] { 2, 2 }), ("strides", new long[] { 2, 2 }), ("ceil_mode", 1L)]),
        ("MaxPool", ["image"], [("kernel_shape", new long[] { 2, 2 }), ("auto_pad", "VALID")]),
        ("GlobalMaxPool GlobalAveragePool", ["image"], []),
        ("Reshape", ["cube", "flat"], []),
        ("Reshape", ["cube", "kept"], []),
        ("Flatten", ["cube"], [("axis", 2L)]),
        ("Squeeze", ["column"], [("axes", new long[] { 1 })]),
        ("Unsqueeze", ["x"], [("axes", new long[] { 0, 2 })]),
        ("Transpose", ["cube"], [("perm", new long[] { 2, 0, 3, 1 })]),
        ("Transpose", ["cube"], []),
        ("Shape Size", ["cube"], []),
        ("Expand", ["single", "wide"], []),
        ("Tile", ["x", "times"], []),
        ("ConstantOfShape", ["wide"], []),
        ("Range", ["from", "to", "step"], []),
        ("Concat", ["cube", "cube"], [("axis", 2L)]),
        ("Split", ["x"], [("split", new long[] { 1, 3 }), ("axis", 1L)]),
        ("Slice", ["cube", "starts", "ends", "slice_axes", "steps"], []),
        ("Slice", ["cube", "last", "end"], []),
        ("Gather", ["cube", "pick"], [("axis", 2L)]),
        ("GatherElements", ["x", "places"], [("axis", 1L)]),
        ("OneHot", ["places", "depth", "off_on"], [("axis", 1L)]),
        ("Pad", ["x", "pads"], []),
        ("Constant", [], [("value_floats", new[] { 1f, 2f })]),
        ("ai.onnx.ml:Scaler", ["x"], [("offset", new[] { 1f }), ("scale", new[] { 2f })]),
        ("ai.onnx.ml:Normalizer", ["x"], [("norm", "L2")]),
        ("ai.onnx.ml:Imputer", ["x"], [("imputed_value_floats", new[] { 1f }), ("replaced_value_float", 0f)]),
        ("ai.onnx.ml:Binarizer", ["x"], [("threshold", 0.5f)]),
        ("ai.onnx.ml:LabelEncoder", ["places"], [("keys_int64s", new long[] { 0, 1 }), ("values_floats", new[] { 5f, 6f })]),
        ("ai.onnx.ml:OneHotEncoder", ["places"], [("cats_int64s", new long[] { 0, 1, 2 })]),
        ("ai.onnx.ml:FeatureVectorizer", ["x", "x"], [("inputdimensions", new long[] { 4, 4 })]),
        ("ai.onnx.ml:FeatureVectorizer", ["cube", "x"], [("inputdimensions", new long[] { 24, 4 })]),
        ("ai.onnx.ml:ArrayFeatureExtractor", ["x", "pick"], []),
        ("ai.onnx.ml:LinearRegressor", ["x"], [("coefficients", new float[8]), ("targets", 2L)]),
        ("ai.onnx.ml:LinearClassifier", ["x"], [("coefficients", new float[12]), ("intercepts", new float[3]), ("classlabels_ints", new long[] { 0, 1, 2 })]),
        ("ai.onnx.ml:TreeEnsembleRegressor", ["x"], [("n_targets", 2L), .. Trees.Attributes("target")]),
        ("ai.onnx.ml:TreeEnsembleClassifier", ["x"], [("classlabels_int64s", new long[] { 5, 6 }), .. Trees.Attributes("class")]),
        ("ai.onnx.ml:TreeEnsembleClassifier", ["x"], [("classlabels_int64s", new long[] { 5, 6, 7 }), .. Trees.Attributes("class")]),
        ("BitShift", ["unsigned", "unsigned"], [("direction", "LEFT")]),
        ("TfIdfVectorizer", ["places"], [("mode", "TF"), ("min_gram_length", 1L), ("max_gram_length", 2L), ("max_skip_count", 1L), ("ngram_counts", new long[] { 0, 2 }), ("ngram_indexes", new long[] { 2, 0, 1 }), ("pool_int64s", new long[] { 0, 1, 1, 0 })]),
        ("com.microsoft:MurmurHash3", ["places32"], []),
        ("com.microsoft:ExpandDims", ["x", "axis32"], []),
    ];

    private static IEnumerable<TestCaseData> Operators => Cases.SelectMany((all, index) => all.Operators.Split(' ').Select(name => new TestCaseData(name, index).SetName($"{{m}}({name}, {index})")));

    [TestCaseSource(nameof(Operators))]
    public void Inferred_shapes_are_those_of_the_runtime(string name, int index)
    {
        var (domain, operation) = name.Split(':') is [var first, var second] ? (first, second) : (Standard, name);
        string[] outputs = operation is "TopK" or "Split" or "LinearClassifier" or "TreeEnsembleClassifier" ? ["result", "second"] : ["result"];
        var graph = Prepared();
        graph.Node(domain, operation, outputs, Cases[index].Inputs, Cases[index].Attributes);
        var model = ModelProto.Parser.ParseFrom(graph.BuildBeside());
        foreach (var output in outputs)
            model.Graph.Output.Add(new ValueInfoProto { Name = output });
        var values = GraphAdmission.Check(model, 4);

        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(Google.Protobuf.MessageExtensions.ToByteArray(model), options);
        foreach (var rows in new[] { 1, 2, 7 })
        {
            using var input = OrtValue.CreateTensorValueFromMemory(Enumerable.Range(0, rows * 4).Select(i => i % 2f).ToArray(), [rows, 4]);
            using var run = new RunOptions();
            using var results = session.Run(run, [PolicyValues.Observation], [input], outputs);
            for (var i = 0; i < outputs.Length; i++)
            {
                var found = results[i].GetTensorTypeAndShape();
                Assert.That(values[outputs[i]].Shape.Select(size => size.For(rows)), Is.EqualTo(found.Shape), $"{outputs[i]} of {rows} rows");
                Assert.That((int)values[outputs[i]].Type, Is.EqualTo((int)found.ElementDataType));
            }
        }
    }

    [Test]
    public void Every_admitted_operator_has_a_case()
    {
        var cases = Cases.SelectMany(all => all.Operators.Split(' ')).Select(name => name.Split(':') is [var domain, var operation] ? (domain, operation) : (Standard, name));

        // Opset 12 does not have it yet.
        Assert.That(cases.Append((Standard, "LayerNormalization")).ToHashSet(), Is.EquivalentTo(OperatorTable.Rules.Keys));
    }

    private static GraphInFront Prepared()
    {
        var graph = new GraphInFront();
        graph.Node("Identity", "x", ["observation"]);
        graph.Node("Cast", "truth", ["x"], ("to", 9L));
        graph.Node("Cast", "places", ["x"], ("to", 7L));
        graph.Node("Cast", "places32", ["x"], ("to", 6L));
        graph.Node("Cast", "unsigned", ["places"], ("to", 12L));
        graph.Node("Reshape", "column", ["x", graph.Longs("column_shape", -1, 1)]);
        graph.Node("ReduceSum", "single", ["x"], ("axes", new long[] { 1 }));
        graph.Node("Reshape", "row", ["x", graph.Longs("row_shape", 0, 1, 1, 4)]);
        graph.Node("Tile", "cube", ["row", graph.Longs("cube_times", 1, 2, 3, 1)]);
        graph.Node("Reshape", "sixty", [graph.Node("Tile", "many", ["x", graph.Longs("many_times", 1, 15)]), graph.Longs("image_shape", 0, 2, 5, 6)]);
        graph.Node("Identity", "image", ["sixty"]);
        graph.Node("Reshape", "cube_first", [graph.Floats("one", 1, 4), graph.Longs("first_shape", 1, -1)]);
        graph.Floats("two", 2);
        graph.Floats("three", 3);
        graph.Floats("four", 4);
        graph.Floats("four_by_three", 4, 3);
        graph.Floats("three_by_four", 3, 4);
        graph.Floats("filters", 3, 2, 2, 2);
        graph.Floats("depthwise", 2, 1, 3, 3);
        graph.Floats("off_on", 2);
        graph.Longs("k", 2);
        graph.Long("axis", 2);
        graph.Node("Cast", "axis32", ["axis"], ("to", 6L));
        graph.Longs("flat", -1, 12);
        graph.Longs("kept", 0, -1);
        graph.Node("Shape", "sizes", ["x"]);
        graph.Node("Gather", "rows", ["sizes", graph.Longs("zero", 0)], ("axis", 0L));
        graph.Node("Concat", "wide", [graph.Node("Mul", "row_pairs", ["rows", graph.Longs("two_times", 1)]), graph.Longs("five", 5)], ("axis", 0L));
        graph.Longs("times", 2, 3);
        graph.Long("from", 10);
        graph.Long("to", -4);
        graph.Long("step", -3);
        graph.Longs("starts", 1, -1);
        graph.Longs("ends", 100, -100);
        graph.Longs("slice_axes", 2, 3);
        graph.Longs("steps", 1, -2);
        graph.Longs("last", -1);
        graph.Longs("end", long.MaxValue);
        graph.Longs("pick", 0, 2);
        graph.Long("depth", 3);
        graph.Longs("pads", 0, 1, 0, 2);
        return graph;
    }
}
