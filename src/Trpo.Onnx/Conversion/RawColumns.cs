using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Conversion;

/// <summary>The types and lengths of the raw columns.</summary>
internal static class RawColumns
{
    /// <summary>Returns the given schema; else the columns that training recorded; else, if the chain keeps the type of one column, that of the policy's observation.</summary>
    /// <exception cref="ArgumentException">The types are not known.</exception>
    public static DataViewSchema Resolve(ChainPlan plan, PolicyMetadata metadata, DataViewSchema? given)
    {
        if (given is not null)
            return given;

        // A column that was not recorded may be written by a transform that cannot be expressed; the error then names that transform.
        if (!metadata.InputColumns.IsEmpty && plan.RawColumns.All(name => metadata.InputColumns.Any(column => column.Name == name) || plan.MayBeWritten(name)))
            return PolicySchema.Create(metadata.InputColumns);
        if (plan.KeepsType)
            return PolicySchema.Create([new PolicyInputColumn(plan.RawColumns[0], PolicyInputType.Single, metadata.Observations.Length)]);
        throw Unsuitable(
            $"The types of the raw columns {string.Join(", ", plan.RawColumns.Select(name => $"'{name}'"))} are not known: pass the schema of the rows that the model is used on as inputSchema.");
    }

    /// <summary>Creates the exception for an unsuitable or missing schema.</summary>
    public static ArgumentException Unsuitable(string message, Exception? inner = null, string parameter = "inputSchema") =>
        new(message, parameter, inner);

    /// <summary>True if a graph with this column as its only input can be opened as a policy.</summary>
    public static bool IsObservation(DataViewSchema.Column? column) =>
        column?.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;
}
