using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace Trpo.Onnx.Interop;

/// <summary>
/// The transforms that ML.NET's converter leaves out: the last one that cannot be converted, and all in front of it. The converter takes the raw
/// column of the same name instead of a column that they compute, without an exception.
/// </summary>
internal static class ConverterGap
{
    /// <summary>Checks that no transform that is left out computes what a column depends on.</summary>
    /// <param name="view">The view that has the column.</param>
    /// <param name="column">The column.</param>
    /// <param name="context">The graph of the converter.</param>
    /// <exception cref="NotSupportedException">A transform that is left out computes it; the message names both.</exception>
    public static void Check(IDataView view, DataViewSchema.Column column, OnnxContext context)
    {
        List<string> needed = [column.Name];
        string? stop = null;
        while (view is IDataTransform transform)
        {
            if (stop is null && (transform is not ITransformCanSaveOnnx convertible || !convertible.CanSaveOnnx(context)))
                stop = NameOf(transform);
            var before = transform.Source.Schema;
            if (stop is not null && needed.Find(name => Count(transform.Schema, name) != Count(before, name)) is { } computed)
            {
                throw new NotSupportedException(
                    $"The column '{computed}', which the policy depends on, is computed by {NameOf(transform)}, and ML.NET's converter leaves out {(stop == NameOf(transform) ? "that transform" : $"{stop} and all transforms in front of it")}: the graph would read the raw column instead. Use transforms that can be converted, or apply it to the data before they reach the model.");
            }

            if (stop is null && transform is IRowToRowMapper mapper)
                needed = [.. mapper.GetDependencies(needed.Select(name => transform.Schema[name])).Select(dependency => dependency.Name).Distinct(StringComparer.Ordinal)];
            view = transform.Source;
        }
    }

    // A column that hides one of the same name stands beside it.
    private static int Count(DataViewSchema schema, string name) => schema.Count(column => column.Name == name);

    private static string NameOf(IDataTransform transform) =>
        transform is RowToRowMapperTransform mapped ? mapped.GetTransformer().GetType().Name : transform.GetType().Name;
}
