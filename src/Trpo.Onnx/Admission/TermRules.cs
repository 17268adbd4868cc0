using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>The rule of the counts of n-grams, which ML.NET's converter emits for <c>ProduceNgrams</c>.</summary>
internal static class TermRules
{
    private const long HashWork = 256;
    private const long TermBytes = 256;
    private const long MaxGram = 64;

    /// <summary>A count for each n-gram of a pool in each row.</summary>
    public static void Count(OperatorCall call)
    {
        var value = call.Input(0);
        if (value.Type is not (DataType.Int32 or DataType.Int64 or DataType.String) || value.Rank != 2 || !value.Shape[1].IsFixed)
            throw new InvalidDataException($"it counts terms in rows of integers or texts, not in {value}.");
        var (min, max, skip) = (call.Integer("min_gram_length", 0), call.Integer("max_gram_length", 0), call.Integer("max_skip_count", -1));
        if (min < 1 || max < min || max > MaxGram || skip < 0 || skip > MaxGram)
            throw new InvalidDataException($"it counts n-grams of {min} to {max} terms with up to {skip} between them, and {MaxGram} are admitted.");
        var (starts, indices) = (call.Integers("ngram_counts") ?? [], call.Integers("ngram_indexes") ?? []);
        long pool = (call.Integers("pool_int64s")?.Count ?? 0) + call.Texts("pool_strings").Count;
        if (starts.Count < max || indices.Count == 0 || (call.Numbers("weights") is { Count: > 0 } weights && weights.Count != indices.Count))
            throw new InvalidDataException($"it has {starts.Count} sizes of n-grams, {indices.Count} indices and {call.Numbers("weights").Count} weights, which do not fit.");

        // OnnxRuntime writes the count of an n-gram, and reads its weight, at its index.
        if (Grams(starts, pool) != indices.Count || indices.Any(index => index < 0 || index >= indices.Count))
            throw new InvalidDataException($"its {pool} terms and {indices.Count} indices are not those of a pool of n-grams.");
        var result = new TensorValue(DataType.Float, [value.Shape[0], indices.Max() + 1]);
        call.Spend(pool * HashWork);
        call.Spend(value.Count * (max * (skip + 1) * HashWork));
        call.Reserve(pool * TermBytes);
        call.Reserve(result.Bytes);
        call.Return(result);
    }

    // The pool has all single terms, then all pairs, and so on, each part from its start to the next one.
    private static long Grams(IReadOnlyList<long> starts, long pool)
    {
        var grams = 0L;
        for (var i = 0; i < starts.Count; i++)
        {
            var length = (i + 1 < starts.Count ? starts[i + 1] : pool) - starts[i];
            if (starts[i] < 0 || starts[i] > pool || length < 0 || length % (i + 1) != 0)
                throw new InvalidDataException($"its n-grams of {i + 1} terms begin at {starts[i]} of {pool}.");
            grams += length / (i + 1);
        }

        return grams;
    }
}
