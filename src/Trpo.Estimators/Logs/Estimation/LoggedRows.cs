namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The checked rows of a log in memory, one entry per row: at least two rows, finite values, and probabilities above 0.</summary>
/// <param name="ActionCount">The number of actions, A.</param>
/// <param name="Length">The length of an observation, d.</param>
internal sealed record LoggedRows(int ActionCount, int Length)
{
    /// <summary>The actions, <c>[N]</c>, from 0.</summary>
    public required int[] Actions { get; init; }

    /// <summary>The probabilities with which the actions were chosen, <c>[N]</c>.</summary>
    public required double[] Propensities { get; init; }

    /// <summary>The rewards, <c>[N]</c>.</summary>
    public required double[] Rewards { get; init; }

    /// <summary>The observations, <c>[N, d]</c>; empty if <see cref="Inputs"/> computes them.</summary>
    public required float[] Observations { get; init; }

    /// <summary>True where an action could be chosen, <c>[N, A]</c>; null if all could be everywhere.</summary>
    public bool[]? Eligible { get; init; }

    /// <summary>The places of the candidates in the observations; null where each action is the same in all rows.</summary>
    public CandidateLayout? Candidates { get; init; }

    /// <summary>The source of observations that are computed when they are read; null where they are in <see cref="Observations"/>.</summary>
    public CandidateInputs? Inputs { get; init; }

    /// <summary>The number of rows, N.</summary>
    public int Count => Actions.Length;

    /// <summary>Returns the observation of a row.</summary>
    public ReadOnlySpan<float> Observation(int row) => Inputs is null ? Observations.AsSpan(row * Length, Length) : Inputs.Read(row);

    /// <summary>Returns one value of the observation of a row.</summary>
    public float ValueOf(int row, int index) => Inputs is null ? Observations[(row * Length) + index] : Inputs.ValueOf(row, index);

    /// <summary>True if an action could be chosen in a row.</summary>
    public bool IsEligible(int row, int action) => Eligible?[(row * ActionCount) + action] ?? true;
}
