using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Rows;

namespace Trpo.Onnx.Conversion;

/// <summary>Where the types and lengths of the raw columns come from.</summary>
internal static class RawColumns
{
    /// <summary>The schema that is given, else what training recorded, else, where the chain keeps the type of one column, the policy's own.</summary>
    /// <exception cref="ArgumentException">There is nothing to tell the types by.</exception>
    public static DataViewSchema Resolve(ChainPlan plan, PolicyMetadata metadata, DataViewSchema? given)
    {
        if (given is not null)
            return given;

        // A column that was not recorded may be one that a transform writes which cannot be expressed; its name is said then.
        if (!metadata.InputColumns.IsEmpty && plan.RawColumns.All(name => metadata.InputColumns.Any(column => column.Name == name) || plan.MayBeWritten(name)))
            return PolicySchema.Create(metadata.InputColumns);
        if (plan.KeepsType)
            return PolicySchema.Create([new PolicyInputColumn(plan.RawColumns[0], PolicyInputType.Single, metadata.Observations.Length)]);
        throw Unsuitable(
            $"The types of the raw columns {string.Join(", ", plan.RawColumns.Select(name => $"'{name}'"))} are not known: pass the schema of the rows that the model is used on as inputSchema.");
    }

    /// <summary>What is wrong with the schema that is given, or with none being given.</summary>
    public static ArgumentException Unsuitable(string message, Exception? inner = null, string parameter = "inputSchema") =>
        new(message, parameter, inner);

    /// <summary>Whether a graph of one input of this column can be run as a policy.</summary>
    public static bool IsObservation(DataViewSchema.Column? column) =>
        column?.Type is VectorDataViewType { IsKnownSize: true } vector && vector.ItemType == NumberDataViewType.Single;
}
