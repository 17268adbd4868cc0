using System.Globalization;
using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs;

/// <summary>The check and the normalization of the probabilities that a policy returns for a row.</summary>
internal static class PolicyProbabilities
{
    // Single precision and hand-written constants; a larger deviation is a mistake of the policy.
    private const double Tolerance = 1e-4;

    /// <summary>Checks the probabilities of a row, and returns them with 0 for forbidden actions and a sum of 1.</summary>
    /// <param name="probabilities">The probabilities.</param>
    /// <param name="row">The row.</param>
    /// <param name="actions">The names of the actions.</param>
    /// <param name="mask">The name of the column of eligible actions, for the message.</param>
    /// <exception cref="ArgumentException">The number of probabilities is wrong, they do not sum to 1, or those of forbidden actions are above 0, each by more than 1e-4.</exception>
    public static double[] Normalize(ReadOnlySpan<double> probabilities, LogRow row, IReadOnlyList<string> actions, string? mask)
    {
        var where = RowFaults.Where(row.Index);
        if (probabilities.Length != actions.Count)
            throw new ArgumentException($"{where}, the policy returned {probabilities.Length} probabilities for {actions.Count} actions: {LogSchema.List(actions)}.");
        var sum = TensorPrimitives.Sum(probabilities);
        var min = TensorPrimitives.Min(probabilities);
        if (!(min >= 0 && Math.Abs(sum - 1) <= Tolerance))
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{where}, the policy's probabilities sum to {sum:G6}, and the least is {min:G6}. They must be 0 or more and sum to 1."));
        var (normalized, forbidden) = (probabilities.ToArray(), 0.0);
        for (var action = 0; action < row.Eligible.Length; action++)
        {
            if (row.Eligible[action])
                continue;
            normalized[action] = 0;
            forbidden += probabilities[action];
            if (forbidden > Tolerance)
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{where}, the policy takes action '{actions[action]}' with probability {probabilities[action]:G6}, but column '{mask}' forbids it. Evaluate a policy that keeps to the mask: train with TrpoOptions.ActionMask, or divide the probabilities of the eligible actions by their sum."));
        }

        // Deviations from 1 would be in the weights, and with them in the gain over the log.
        TensorPrimitives.Divide(normalized, TensorPrimitives.Sum<double>(normalized), normalized);
        return normalized;
    }
}
