using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of ensembles of decision trees, which ML.NET's converter emits for FastTree, FastForest and LightGBM.</summary>
internal static class TreeRules
{
    // Operations of about a nanosecond: a level of a tree reads memory that is in no cache, and a node or vote is built once into tables.
    private const long LevelWork = 16;
    private const long BuildWork = 512;
    private const long BuildBytes = 128;

    // OnnxRuntime adds up the scores of so many rows at a time.
    private const long ScoreBytes = 128 * 16;

    private static readonly string[] Aggregates = ["SUM", "AVERAGE", "MIN", "MAX"];
    private static readonly string[] Transforms = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"];

    /// <summary>Numbers that trees vote for.</summary>
    public static void Regress(OperatorCall call)
    {
        var targets = call.Integer("n_targets", 1);
        Vote(call, "target", targets);
        call.Return(DataType.Float, call.Input(0).Shape[0], targets);
    }

    /// <summary>The class that trees vote for, and the scores of all.</summary>
    public static void Classify(OperatorCall call)
    {
        var (texts, numbers) = (call.Texts("classlabels_strings"), call.Integers("classlabels_int64s") ?? []);
        if (texts.Count > 0 == numbers.Count > 0)
            throw new InvalidDataException($"it has {texts.Count} labels of text and {numbers.Count} of integers, and needs those of one kind.");
        long classes = texts.Count + numbers.Count;
        Vote(call, "class", classes);
        var rows = call.Input(0).Shape[0];
        call.Return(new TensorValue(texts.Count > 0 ? DataType.String : DataType.Int64, [rows], textLength: texts.Select(text => text.Length).DefaultIfEmpty().Max()));
        call.Return(1, new TensorValue(DataType.Float, [rows, classes]));
    }

    private static void Vote(OperatorCall call, string votes, long targets)
    {
        var value = call.Input(0);
        if (value.Type is not (DataType.Float or DataType.Double or DataType.Int64 or DataType.Int32) || value.Rank != 2 || !value.Shape[1].IsFixed)
            throw new InvalidDataException($"it decides about rows of numbers, not {value}.");
        if (targets < 1)
            throw new InvalidDataException($"it has {targets} results.");
        if (call.Numbers("base_values") is { Count: > 0 } bases && bases.Count != targets)
            throw new InvalidDataException($"it has {bases.Count} base values for {targets} results.");
        Expect(call, "aggregate_function", Aggregates);
        Expect(call, "post_transform", Transforms);
        var trees = TreeEnsemble.Read(call, votes, targets, value.Shape[1].Fixed);
        call.Spend((trees.Nodes + trees.Votes) * BuildWork);
        call.Spend(value.Shape[0] * ((trees.Levels * LevelWork) + trees.VotesOfRow + (targets * LevelWork)));
        call.Reserve((trees.Nodes + trees.Votes) * BuildBytes);
        call.Reserve((Extent)targets * ScoreBytes);
    }

    private static void Expect(OperatorCall call, string name, string[] values)
    {
        if (call.Attribute(name)?.S.ToStringUtf8() is { } value && !values.Contains(value))
            throw new InvalidDataException($"its '{name}' is '{value}', and {string.Join(", ", values)} are admitted.");
    }
}
