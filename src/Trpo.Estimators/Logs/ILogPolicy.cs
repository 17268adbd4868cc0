using Microsoft.ML;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs;

/// <summary>The policy that is evaluated, as the source of the probabilities of all actions in each row of a log.</summary>
internal interface ILogPolicy : IDisposable
{
    /// <summary>The actions; null for those of the log.</summary>
    DiscreteActionSpace? Actions { get; }

    /// <summary>The name of the column of observations; null if there is none.</summary>
    string? Observation { get; }

    /// <summary>Returns the view whose rows the policy reads, which has the columns of the log too.</summary>
    IDataView Transform(IDataView view);

    /// <summary>Returns the columns that the policy reads from the cursor.</summary>
    IEnumerable<DataViewSchema.Column> GetColumns(DataViewSchema schema);

    /// <summary>Creates a function that returns the probabilities of the current row, <c>[A]</c>, in memory that is valid until the next row.</summary>
    /// <param name="reader">The reader of the rows.</param>
    Func<ReadOnlyMemory<double>> Open(LogReader reader);
}
