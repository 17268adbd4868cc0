using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;

namespace Trpo.Examples.CartPole;

/// <summary>A comparison of the policies in the saved files with the trained one, on the observations of the environment's table.</summary>
internal sealed record PolicyComparison(int Rows, int EqualZipActions, int EqualOnnxActions, double MaxZipDifference, double MaxOnnxDifference)
{
    public double MaxAbsDifference => Math.Max(MaxZipDifference, MaxOnnxDifference);

    public bool AllEqual => EqualZipActions == Rows && EqualOnnxActions == Rows;

    public static PolicyComparison Run(ITransformer trained, string zip, string onnx, EnvironmentDataView environment)
    {
        // A separate context, as another process would have.
        var loaded = new MLContext().Model.Load(zip, out _);
        using var policy = PolicySession.Open(onnx);
        using var batch = policy.CreateBatch(1);

        var (rows, equalZip, equalOnnx, zipDifference, onnxDifference) = (0, 0, 0, 0.0, 0.0);
        foreach (var (expected, reloaded) in Decisions(trained, environment).Zip(Decisions(loaded, environment)))
        {
            expected.Observation.CopyTo(batch.Observation(0));
            batch.Run(1);
            rows++;
            equalZip += expected.Action == reloaded.Action ? 1 : 0;
            equalOnnx += expected.Action == batch.Choice(0) + 1 ? 1 : 0;
            zipDifference = Math.Max(zipDifference, Difference(expected.Score, reloaded.Score));
            onnxDifference = Math.Max(onnxDifference, Difference(expected.Score, batch.Score(0)));
        }

        return new PolicyComparison(rows, equalZip, equalOnnx, zipDifference, onnxDifference);
    }

    // The normalizer overwrites the column of observations; the raw ones come from the environment.
    private static IEnumerable<Decision> Decisions(ITransformer model, EnvironmentDataView environment)
    {
        var decided = model.Transform(environment);
        return environment.GetColumn<float[]>("Observation")
            .Zip(decided.GetColumn<uint>("Action"), decided.GetColumn<float[]>("Score"))
            .Select(row => new Decision(row.First, row.Second, row.Third));
    }

    private static double Difference(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var largest = 0.0;
        for (var i = 0; i < one.Length; i++)
            largest = Math.Max(largest, Math.Abs(one[i] - other[i]));
        return largest;
    }

    private sealed record Decision(float[] Observation, uint Action, float[] Score);
}
