using System.Numerics.Tensors;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;

namespace Trpo.Examples.Extending;

/// <summary>
/// A value function that is linear in the observation, its squares and a constant, fitted by ridge regression, after the baseline of Duan et al.,
/// "Benchmarking deep reinforcement learning for continuous control" (2016), which also had features of the time.
/// </summary>
internal sealed class LinearBaseline(int observationLength) : IValueFunction, ICheckpointable
{
    private const double Ridge = 1e-5;

    private readonly double[] _weights = new double[(2 * observationLength) + 1];

    // Before the first fit all weights, and so all values, are zero.
    public void Predict(ReadOnlySpan<float> observations, Span<double> values)
    {
        for (var row = 0; row < values.Length; row++)
            values[row] = TensorPrimitives.Dot<double>(_weights, Features(observations, row));
    }

    /// <summary>Solves the normal equations <c>(mean(f f^T) + ridge I) w = mean(f y)</c>, independently of earlier fits.</summary>
    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        double[][] matrix = [.. _weights.Select(_ => new double[_weights.Length])];
        Array.Clear(_weights);
        for (var row = 0; row < targets.Length; row++)
        {
            var features = Features(observations, row);
            TensorPrimitives.MultiplyAdd(features, targets[row] / targets.Length, _weights, _weights);
            for (var i = 0; i < features.Length; i++)
                TensorPrimitives.MultiplyAdd(features, features[i] / targets.Length, matrix[i], matrix[i]);
        }

        for (var i = 0; i < matrix.Length; i++)
            matrix[i][i] += Ridge;
        SolveByCholesky(matrix, _weights);

        var left = new double[targets.Length];
        Predict(observations, left);
        TensorPrimitives.Subtract(left, targets, left);
        return TensorPrimitives.SumOfSquares<double>(left) / left.Length;
    }

    /// <summary>Writes the weights, which are the whole state of the baseline, to a checkpoint.</summary>
    public void SaveState(BinaryWriter writer)
    {
        foreach (var weight in _weights)
            writer.Write(weight);
    }

    public void RestoreState(BinaryReader reader)
    {
        for (var i = 0; i < _weights.Length; i++)
            _weights[i] = reader.ReadDouble();
    }

    // In place: the lower triangle becomes L with A = L L^T, the vector the solution of L z = b and then of L^T x = z.
    private static void SolveByCholesky(double[][] matrix, double[] vector)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            for (var j = 0; j < i; j++)
                matrix[i][j] = (matrix[i][j] - Dot(matrix[i], matrix[j], j)) / matrix[j][j];
            matrix[i][i] = Math.Sqrt(matrix[i][i] - Dot(matrix[i], matrix[i], i));
            vector[i] = (vector[i] - Dot(matrix[i], vector, i)) / matrix[i][i];
        }

        for (var i = vector.Length - 1; i >= 0; i--)
        {
            vector[i] /= matrix[i][i];
            TensorPrimitives.MultiplyAdd(matrix[i].AsSpan(0, i), -vector[i], vector.AsSpan(0, i), vector);
        }

        static double Dot(double[] left, double[] right, int count) => TensorPrimitives.Dot<double>(left.AsSpan(0, count), right.AsSpan(0, count));
    }

    private double[] Features(ReadOnlySpan<float> observations, int row)
    {
        var features = new double[_weights.Length];
        for (var i = 0; i < observationLength; i++)
        {
            var value = observations[(row * observationLength) + i];
            (features[i], features[observationLength + i]) = (value, (double)value * value);
        }

        features[^1] = 1;
        return features;
    }
}

/// <summary>The training with the linear baseline, in an environment whose values are nearly quadratic in the observation.</summary>
internal static class CustomBaseline
{
    public static Outcome Run(int seed)
    {
        var training = new Training(() => new TimeLimit(new WaterTank(), WaterTank.EpisodeSteps), new TrpoOptions
        {
            TotalSteps = 60_000,
            Seed = seed,
            Baseline = arguments => new LinearBaseline(arguments.ObservationLength),
        });
        Console.WriteLine(FormattableString.Invariant($"  the baseline explains {training.Last!.ExplainedVariance:F2} of the variance in the last iteration"));
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, WaterTank.GoodReturn);
    }
}
