using System.Globalization;
using Trpo.Estimators.Distributions;

namespace Trpo.Estimators.Policies;

/// <summary>
/// Search for the first number of a policy that is infinite or not a number, in the order in which they are computed: the policy's parameters, the outputs of its network,
/// the action, its log-probability. The search runs only once a number is known not to be finite.
/// </summary>
internal static class PolicyFault
{
    /// <summary>Describes a parameter of the policy that is not finite, as the end of a sentence and advice; returns null if all are finite.</summary>
    public static string? FindParameter(StochasticPolicy policy)
    {
        var values = new double[policy.Length];
        policy.CopyTo(values);
        return Array.FindIndex(values, value => !double.IsFinite(value)) is >= 0 and var index
            ? string.Create(CultureInfo.InvariantCulture, $"the policy's parameter '{policy.NameOf(index)}' is {values[index]}. Lower TrustRegion.MaxKl, or check the Optimizer if it is your own.")
            : null;
    }

    /// <summary>Describes the first number that is not finite between the policy's parameters and the log-probability of an action, as the end of a sentence and advice; returns null if all are finite.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="parameters">The distribution's parameters, <c>[P]</c>.</param>
    /// <param name="action">The action, <c>[k]</c>.</param>
    /// <param name="logProbability">The log-probability of the action.</param>
    /// <param name="where">The row or the step, as an adverbial.</param>
    public static string? FindInRow(StochasticPolicy policy, ReadOnlySpan<double> parameters, ReadOnlySpan<double> action, double logProbability, string where)
    {
        var distribution = policy.Distribution;
        if (IndexOfNonFinite(parameters) is >= 0 and var output)
        {
            return output < distribution.NetworkOutputs
                ? string.Create(CultureInfo.InvariantCulture, $"output {output} of the policy's network is {parameters[output]} {where}, though all parameters are finite. Look in the network for a division by 0, or a logarithm or root of what is not positive, and scale the observations.")
                : string.Create(CultureInfo.InvariantCulture, $"parameter {output - distribution.NetworkOutputs} of the distribution, which does not depend on the observation, is {parameters[output]} {where}. Lower TrustRegion.MaxKl.");
        }

        if (IndexOfNonFinite(action) is >= 0 and var dimension)
            return string.Create(CultureInfo.InvariantCulture, $"dimension {dimension} of the action is {action[dimension]} {where}{Origin(policy, parameters, dimension, "Sample")}");
        return double.IsFinite(logProbability) ? null : string.Create(CultureInfo.InvariantCulture, $"the log-probability of the action is {logProbability} {where}{Origin(policy, parameters, Narrowest(policy, parameters), "LogProbability")}");
    }

    /// <summary>Describes where a number of the distribution came from, as the end of a sentence and advice.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="parameters">The distribution's parameters, <c>[P]</c>, all finite.</param>
    /// <param name="dimension">The dimension of the action.</param>
    /// <param name="method">The method of the distribution that computed the number.</param>
    public static string Origin(StochasticPolicy policy, ReadOnlySpan<double> parameters, int dimension, string method)
    {
        var distribution = policy.Distribution;
        if (distribution is not CensoredGaussianDistribution)
            return $", although the parameters that {distribution.GetType().Name} computed it from are finite. Check its {method}.";
        var deviation = parameters[distribution.NetworkOutputs + dimension];
        return string.Create(CultureInfo.InvariantCulture, $": the mean of dimension {dimension} is {parameters[dimension]:G4}, its standard deviation exp({deviation:G4}). ") + (deviation > 0
            ? "Nothing limits the deviation: lower EntropyBonus or TrustRegion.MaxKl."
            : "The policy has become deterministic: set EntropyBonus, or lower TrustRegion.MaxKl.");
    }

    /// <summary>Returns the dimension of the smallest standard deviation; 0 for other distributions.</summary>
    public static int Narrowest(StochasticPolicy policy, ReadOnlySpan<double> parameters)
    {
        if (policy.Distribution is not CensoredGaussianDistribution)
            return 0;
        var deviations = parameters[policy.Distribution.NetworkOutputs..];
        var narrowest = 0;
        for (var i = 1; i < deviations.Length; i++)
            narrowest = deviations[i] < deviations[narrowest] ? i : narrowest;
        return narrowest;
    }

    private static int IndexOfNonFinite(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
