using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Shards.Remote;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>The operations on a trust-region problem of a block.</summary>
internal static class HostedProblem
{
    /// <summary>Does an operation.</summary>
    /// <param name="problem">The sums over the shards of the block.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>The result; empty for none.</returns>
    /// <exception cref="InvalidDataException">There is no such operation, or the arguments are none of it.</exception>
    public static byte[] Do(PartialProblems problem, ShardOperation operation, BinaryReader arguments)
    {
        switch (operation)
        {
            case ShardOperation.Assign:
                Assign(problem, arguments);
                return [];
            case ShardOperation.Linearize:
                var linearization = problem.Linearize();
                return MessageFormat.Write(writer => writer.WriteValue(linearization));
            case ShardOperation.LinearizeWithGradient:
                return LinearizeWithGradient(problem, arguments.ReadDouble());
            case ShardOperation.TakeSample:
                var rows = problem.TakeSample();
                return MessageFormat.Write(
                    writer =>
                    {
                        writer.WriteSpan<float>(rows.Observations);
                        writer.WriteSpan<double>(rows.Actions);
                    },
                    (sizeof(float) * rows.Observations.Length) + (sizeof(double) * rows.Actions.Length) + 16);
            case ShardOperation.Evaluate:
                var trial = problem.Evaluate();
                return MessageFormat.Write(writer => writer.WriteValue(trial));
            case ShardOperation.Gradient:
                return Gradient(problem, arguments.ReadDouble());
            case ShardOperation.FisherProduct:
                return FisherProduct(problem, arguments);
            case ShardOperation.FindNonFinite:
                var fault = problem.FindNonFinite();
                return MessageFormat.Write(writer =>
                {
                    writer.Write(fault is not null);
                    writer.Write(fault ?? "");
                });
            default:
                throw new InvalidDataException(FormattableString.Invariant($"There is no operation {(byte)operation}."));
        }
    }

    private static void Assign(PartialProblems problem, BinaryReader arguments)
    {
        using var parameters = new PooledArray<double>(problem.Length);
        arguments.ReadParameters(parameters.Span);
        problem.Assign(parameters.Span);
    }

    private static byte[] Gradient(PartialProblems problem, double divisor)
    {
        using var gradient = new PooledArray<double>(problem.Length);
        problem.Gradient(divisor, gradient.Span);
        return Write(gradient);
    }

    private static byte[] LinearizeWithGradient(PartialProblems problem, double divisor)
    {
        using var gradient = new PooledArray<double>(problem.Length);
        var sums = problem.Linearize(divisor, gradient.Span);
        return MessageFormat.Write(
            writer =>
            {
                writer.WriteValue(sums);
                writer.WriteSpan<double>(gradient.Span);
            },
            (sizeof(double) * gradient.Span.Length) + 32);
    }

    private static byte[] FisherProduct(PartialProblems problem, BinaryReader arguments)
    {
        var divisor = arguments.ReadDouble();
        using var vector = new PooledArray<double>(problem.Length);
        using var product = new PooledArray<double>(problem.Length);
        arguments.ReadSpan(vector.Span, "elements of a vector");
        problem.FisherProduct(vector.Span, divisor, product.Span);
        return Write(product);
    }

    private static byte[] Write(PooledArray<double> vector) => MessageFormat.Write(writer => writer.WriteSpan<double>(vector.Span), (sizeof(double) * vector.Span.Length) + sizeof(int));
}
