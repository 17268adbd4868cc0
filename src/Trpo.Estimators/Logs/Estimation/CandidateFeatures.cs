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

    /// <summary>Returns one of the inputs of a candidate.</summary>
    /// <param name="observation">The observation of the row.</param>
    /// <param name="candidate">The index of the candidate.</param>
    /// <param name="index">The index of the input.</param>
    public float ValueOf(ReadOnlySpan<float> observation, int candidate, int index)
    {
        if (index < _layout.Context)
            return observation[index];
        var features = _layout.FeaturesOf(observation, candidate);
        index -= _layout.Context;
        return index < features.Length ? features[index] : features[(index - features.Length) % features.Length] * observation[(index - features.Length) / features.Length];
    }

    /// <summary>Returns the logged candidates of rows as the rows of a log with one action. Their inputs are computed when they are read.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rows">The indices of the rows.</param>
    public LoggedRows Taken(LoggedRows log, ReadOnlySpan<int> rows)
    {
        var (places, rewards, propensities) = (new int[rows.Length], new double[rows.Length], new double[rows.Length]);
        for (var i = 0; i < rows.Length; i++)
            (places[i], rewards[i], propensities[i]) = ((rows[i] * log.ActionCount) + log.Actions[rows[i]], log.Rewards[rows[i]], log.Propensities[rows[i]]);
        return new LoggedRows(1, Length) { Actions = new int[rows.Length], Propensities = propensities, Rewards = rewards, Observations = [], Inputs = new CandidateInputs(this, log, places) };
    }

    /// <summary>Returns candidates as the rows of a log with one action and without outcomes, which are 0. Their inputs are computed when they are read.</summary>
    /// <param name="log">The log.</param>
    /// <param name="places">The place of each candidate in <c>[N, M]</c>.</param>
    public LoggedRows At(LoggedRows log, int[] places) =>
        new(1, Length) { Actions = new int[places.Length], Propensities = new double[places.Length], Rewards = new double[places.Length], Observations = [], Inputs = new CandidateInputs(this, log, places) };
}
