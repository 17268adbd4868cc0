using Microsoft.ML;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs;

/// <summary>A rule, or a model from elsewhere, as a function from the context to the probabilities.</summary>
/// <param name="rule">The function.</param>
/// <param name="actions">The actions; null for those of the log.</param>
/// <param name="observation">The name of the column of observations; null for none.</param>
internal sealed class RulePolicy(Func<LoggedContext, double[]> rule, DiscreteActionSpace? actions, string? observation) : ILogPolicy
{
    /// <inheritdoc/>
    public DiscreteActionSpace? Actions => actions;

    /// <inheritdoc/>
    public string? Observation => observation;

    /// <inheritdoc/>
    public IDataView Transform(IDataView view) => view;

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetColumns(DataViewSchema schema) => [];

    /// <inheritdoc/>
    public Func<ReadOnlyMemory<double>> Open(LogReader reader) => () =>
        rule(new LoggedContext(reader.Row.Observation, reader.Row.Eligible) { ActionFeatures = reader.Row.ActionFeatures })
        ?? throw new ArgumentException($"{RowFaults.Where(reader.Row.Index)}, the policy returned null instead of the probabilities of the actions.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
