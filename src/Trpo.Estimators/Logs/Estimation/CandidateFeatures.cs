using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The inputs of a reward model that all candidates share: the context, the features of the candidate and, for linear models, the products of the two, without which a linear model would rank candidates alike in all contexts.</summary>
internal sealed class CandidateFeatures
{
    // The sums of a regression are the square of the length.
    private const int MaxProducts = 1_000;

    private readonly CandidateLayout _layout;
    private readonly bool _hasProducts;

    /// <param name="layout">The places of the candidates.</param>
    /// <param name="isLinear">True for the inputs of a linear model, with products if there are at most 1,000.</param>
    public CandidateFeatures(CandidateLayout layout, bool isLinear)
    {
        var products = (long)layout.Context * layout.Features;
        (_layout, _hasProducts) = (layout, isLinear && products <= MaxProducts);
        Length = layout.Context + layout.Features + (_hasProducts ? (int)products : 0);
    }

    /// <summary>The number of inputs.</summary>
    public int Length { get; }

    /// <summary>Reads the inputs of a candidate.</summary>
    /// <param name="observation">The observation of the row.</param>
    /// <param name="candidate">The index of the candidate.</param>
    /// <param name="inputs">Receives the inputs, as many as <see cref="Length"/>.</param>
    public void Read(ReadOnlySpan<float> observation, int candidate, Span<float> inputs)
    {
        var context = observation[.._layout.Context];
        var features = _layout.FeaturesOf(observation, candidate);
        context.CopyTo(inputs);
        features.CopyTo(inputs[context.Length..]);
        if (!_hasProducts)
            return;
        inputs = inputs[(context.Length + features.Length)..];
        for (var i = 0; i < context.Length; i++)
            TensorPrimitives.Multiply(features, context[i], inputs.Slice(i * features.Length, features.Length));
    }

    /// <summary>Returns the logged candidates of rows as the rows of a log with one action.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rows">The indices of the rows.</param>
    public LoggedRows Taken(LoggedRows log, ReadOnlySpan<int> rows)
    {
        var (inputs, rewards, propensities) = (new float[checked(rows.Length * Length)], new double[rows.Length], new double[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
        {
            Read(log.Observation(rows[i]), log.Actions[rows[i]], inputs.AsSpan(i * Length, Length));
            (rewards[i], propensities[i]) = (log.Rewards[rows[i]], log.Propensities[rows[i]]);
        }

        return new LoggedRows(1, Length) { Actions = new int[rows.Length], Propensities = propensities, Rewards = rewards, Observations = inputs };
    }

    /// <summary>Returns all candidates of rows as the rows of a log with one action and without outcomes, which are 0.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rows">The indices of the rows.</param>
    /// <param name="places">Receives the place of each candidate in <c>[N, M]</c>.</param>
    public LoggedRows All(LoggedRows log, ReadOnlySpan<int> rows, List<int> places)
    {
        places.Clear();
        foreach (var row in rows)
        {
            for (var candidate = 0; candidate < log.ActionCount; candidate++)
            {
                if (log.IsEligible(row, candidate))
                    places.Add((row * log.ActionCount) + candidate);
            }
        }

        var inputs = new float[checked(places.Count * Length)];
        for (var i = 0; i < places.Count; i++)
            Read(log.Observation(places[i] / log.ActionCount), places[i] % log.ActionCount, inputs.AsSpan(i * Length, Length));
        return new LoggedRows(1, Length) { Actions = new int[places.Count], Propensities = new double[places.Count], Rewards = new double[places.Count], Observations = inputs };
    }
}
