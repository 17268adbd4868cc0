using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Ratios of scoring through ML.NET's views and engines to the bare session, with a policy of CartPole's size.</summary>
internal static class ScoringRatios
{
    private const int BatchRows = 256;
    private const int Batches = 100;
    private const int Predictions = 1_000;

    public static IEnumerable<Ratio> Measure()
    {
        var workload = Workload.Categorical(BatchRows * Batches);
        using var policy = workload.CreatePolicy();
        using var transformer = new PolicyTransformer(policy.Export(new PolicyMetadata(ObservationSpace.Unbounded(workload.Inputs), workload.Space, [])), new());
        var ml = new MLContext(1);
        InputRow[] rows = [.. workload.Observations.Chunk(workload.Inputs).Select(observation => new InputRow { Observation = observation })];
        return [.. Managed(transformer.Onnx.ToArray(), rows), .. InBatches(ml, transformer, rows), .. OneByOne(ml, transformer, rows[0])];
    }

    private static IEnumerable<Ratio> Managed(byte[] onnx, InputRow[] rows)
    {
        var policy = Policy.Open(onnx);
        var length = rows[0].Observation.Length;
        float[] observations = [.. rows.Take(BatchRows).SelectMany(row => row.Observation)];
        var (actions, scores) = (new float[BatchRows], new float[2 * BatchRows]);
        using var one = new BareSession(onnx, rows: 1, length, choices: 2);
        using var many = new BareSession(onnx, BatchRows, length, choices: 2);
        Action act = () => policy.Evaluate(observations.AsSpan(0, length), actions.AsSpan(0, 1), scores.AsSpan(0, 2));
        var times = SideBySide.Time(TimeSpan.FromSeconds(2), () => Repeat(Predictions, one.Run), () => Repeat(Predictions, act));
        yield return Ratio.AtLeast(5, "one_row_in_bare_session_over_managed_code", times[0] / times[1]);

        times = SideBySide.Time(TimeSpan.FromSeconds(2), () => Repeat(Batches, many.Run), () => Repeat(Batches, () => policy.Evaluate(observations, actions, scores)));
        yield return Ratio.AtLeast(0.8, "rows_per_second_of_managed_code_in_batches_over_bare_session", times[0] / times[1]);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Predictions, act);
        yield return Ratio.AtMost(0, "allocated_bytes_per_row_in_managed_code", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Predictions);
    }

    // Both score the same rows in the same batches. ML.NET caches the view in memory, and every row's action is read.
    private static IEnumerable<Ratio> InBatches(MLContext ml, PolicyTransformer transformer, InputRow[] rows)
    {
        using var bare = new BareSession(transformer.Onnx.ToArray(), BatchRows, rows[0].Observation.Length, choices: 2);
        var scored = transformer.Transform(ml.Data.Cache(ml.Data.LoadFromEnumerable(rows)));
        var times = SideBySide.Time(TimeSpan.FromSeconds(2), () => Repeat(Batches, bare.Run), () => ReadActions(scored));
        yield return Ratio.AtLeast(0.8, "scoring_throughput_of_views_over_bare_session", times[0] / times[1]);
    }

    private static IEnumerable<Ratio> OneByOne(MLContext ml, PolicyTransformer transformer, InputRow row)
    {
        using var bare = new BareSession(transformer.Onnx.ToArray(), rows: 1, row.Observation.Length, choices: 2);
        using var engine = ml.Model.CreatePredictionEngine<InputRow, ScoredRow>(transformer);
        var copy = ml.Transforms.CopyColumns("Score", "Observation").Fit(ml.Data.LoadFromEnumerable([row]));
        using var identity = ml.Model.CreatePredictionEngine<InputRow, CopiedRow>(copy);
        var (scored, copied) = (new ScoredRow(), new CopiedRow());
        Action predict = () => engine.Predict(row, ref scored);

        var times = SideBySide.Time(TimeSpan.FromSeconds(2), () => Repeat(Predictions, bare.Run), () => Repeat(Predictions, predict), () => Repeat(Predictions, () => identity.Predict(row, ref copied)));
        yield return Ratio.AtMost(1, "prediction_over_twice_the_bare_session_and_an_identity", times[1] / ((2 * times[0]) + times[2]));

        var before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(Predictions, predict);
        yield return Ratio.AtMost(0, "allocated_bytes_per_prediction", (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Predictions);
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
            action();
    }

    private static ulong ReadActions(IDataView scored)
    {
        var column = scored.Schema["Action"];
        using var cursor = scored.GetRowCursor([column]);
        var getter = cursor.GetGetter<uint>(column);
        var (action, sum) = (0u, 0ul);
        while (cursor.MoveNext())
        {
            getter(ref action);
            sum += action;
        }

        return sum;
    }

    private sealed class InputRow
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }

    private sealed class ScoredRow
    {
        public uint Action { get; set; }

        public float[] Score { get; set; } = [];
    }

    private sealed class CopiedRow
    {
        public float[] Score { get; set; } = [];
    }
}
