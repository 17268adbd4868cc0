using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>Rules of the operators of <c>ai.onnx.ml</c> and <c>com.microsoft</c> that ML.NET's converter emits.</summary>
internal static class LearningRules
{
    private const long HashWork = 256;

    /// <summary>Numbers of the same shape, as float.</summary>
    public static void Scale(OperatorCall call)
    {
        var value = call.Input(0);
        call.Spend(value.Count * 4);
        call.Return(DataType.Float, value.Shape);
    }

    /// <summary>A value for each element that is looked up in a table.</summary>
    public static void Encode(OperatorCall call)
    {
        var value = call.Input(0);
        var texts = call.Attribute("values_strings") ?? (value.IsText ? null : call.Attribute("classes_strings") ?? call.Attribute("keys_strings"));
        var type = call.Attribute("values_strings") is not null ? DataType.String
            : call.Attribute("values_floats") is not null ? DataType.Float
            : call.Attribute("values_int64s") is not null ? DataType.Int64
            : call.Attribute("values_tensor") is { T: { } table } ? (DataType)table.DataType
            : value.IsText ? DataType.Int64 : DataType.String;
        var longest = texts?.Strings.Select(text => text.Length).DefaultIfEmpty().Max() ?? 0;
        longest = Math.Max(longest, Math.Max(call.Attribute("default_string")?.S.Length ?? 0, call.Attribute("values_tensor")?.T?.StringData.Select(text => text.Length).DefaultIfEmpty().Max() ?? 0));
        call.Spend(value.Count * HashWork);
        call.Return(new TensorValue(type, value.Shape, textLength: longest));
    }

    /// <summary>A one-hot vector for each element.</summary>
    public static void OneHot(OperatorCall call)
    {
        var value = call.Input(0);
        long count = call.Attribute("cats_int64s")?.Ints.Count ?? call.Attribute("cats_strings")?.Strings.Count ?? 0;
        call.Spend(value.Count * HashWork);
        call.Return(DataType.Float, [.. value.Shape, count]);
    }

    /// <summary>Columns beside each other; the values of a row are one column, whatever its dimensions are.</summary>
    public static void Join(OperatorCall call)
    {
        Extent width = 0;
        for (var i = 0; i < call.InputCount; i++)
        {
            var value = call.Input(i);
            width += value.Rank > 1 && value.Shape[0] == call.Input(0).Shape[0] ? value.Shape.Skip(1).Aggregate((Extent)1, (product, size) => product * size) : throw new InvalidDataException($"it joins {call.Input(0)} and {value}.");
        }

        if (call.Integers("inputdimensions") is not { } declared || declared.Aggregate((Extent)0, (sum, size) => sum + size) != width)
            throw new InvalidDataException($"its 'inputdimensions' are not those of its inputs, {width} together.");
        call.Return(DataType.Float, call.Input(0).Shape[0], width);
    }

    /// <summary>Elements of the last dimension by their indices.</summary>
    public static void Extract(OperatorCall call)
    {
        var (value, indices) = (call.Input(0), call.Input(1));
        if (value.Rank == 0)
            throw new InvalidDataException("it takes elements of a scalar.");
        call.Return(value.Like([.. value.Rank == 1 ? [1] : value.Shape.SkipLast(1), indices.Count]));
    }

    /// <summary>A linear function of each row.</summary>
    public static void Regress(OperatorCall call)
    {
        var targets = call.Integer("targets", 1);
        Linear(call, targets);
        call.Return(DataType.Float, call.Input(0).Shape[0], targets);
    }

    /// <summary>The most probable class of each row, and the scores of all.</summary>
    public static void Classify(OperatorCall call)
    {
        var texts = call.Attribute("classlabels_strings")?.Strings;
        long count = texts?.Count ?? call.Attribute("classlabels_ints")?.Ints.Count ?? 0;
        var scores = call.Attribute("intercepts")?.Floats.Count ?? count;
        Linear(call, scores);
        var rows = call.Input(0).Shape[0];
        call.Return(new TensorValue(texts is null ? DataType.Int64 : DataType.String, [rows], textLength: texts?.Select(text => text.Length).DefaultIfEmpty().Max() ?? 0));
        call.Return(1, new TensorValue(DataType.Float, [rows, Math.Max(count, 2)]));
    }

    /// <summary>A hash of each element.</summary>
    public static void Hash(OperatorCall call)
    {
        var value = call.Input(0);
        call.Spend(value.Count * HashWork);
        call.Return(call.Integer("positive", 1) == 0 ? DataType.Int32 : DataType.Uint32, value.Shape);
    }

    private static void Linear(OperatorCall call, long targets)
    {
        var value = call.Input(0);
        var coefficients = call.Attribute("coefficients")?.Floats.Count ?? 0;
        var intercepts = call.Attribute("intercepts")?.Floats.Count ?? 0;
        if (value.Rank != 2 || targets < 1 || value.Shape[1] * targets != coefficients || (intercepts != 0 && intercepts != targets))
            throw new InvalidDataException($"{coefficients} coefficients and {intercepts} intercepts for {targets} results do not fit {value}.");
        call.Spend(value.Count * targets);
    }
}
