namespace Trpo.Estimators.Logs.Learning;

/// <summary>The memory of a <see cref="LogObjective"/>, which the objectives of a range of every step use after each other.</summary>
internal sealed class LogArrays
{
    /// <summary>The log-probabilities at the start of a step, <c>[N, A]</c> or longer.</summary>
    public double[] Old { get; private set; } = [];

    /// <summary>The probabilities at the start of a step, <c>[N, A]</c> or longer.</summary>
    public double[] Probabilities { get; private set; } = [];

    /// <summary>Values, tangents or cotangents of the logits, <c>[N, A]</c> or longer.</summary>
    public double[] Values { get; private set; } = [];

    /// <summary>Makes the arrays long enough.</summary>
    public void EnsureLength(int length)
    {
        if (Values.Length < length)
            (Old, Probabilities, Values) = (new double[length], new double[length], new double[length]);
    }
}
