using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>Importance weights with a limit, which trades variance for bias.</summary>
internal static class ClippedWeights
{
    /// <summary>Computes <c>min(w, maxWeight)</c>.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="maxWeight">The limit; null for none.</param>
    public static double[] Of(OffPolicyRows rows, double? maxWeight)
    {
        if (maxWeight is not { } limit)
            return rows.Weights;
        var weights = new double[rows.Count];
        TensorPrimitives.Min(rows.Weights, limit, weights);
        return weights;
    }
}
