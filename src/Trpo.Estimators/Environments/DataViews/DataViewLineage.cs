using Microsoft.ML;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The chain of views that a view reads from, itself first.</summary>
internal sealed class DataViewLineage
{
    private readonly IReadOnlyList<string> _names;

    private DataViewLineage(IReadOnlyList<string> names, bool hasStatefulTransform)
    {
        _names = names;
        HasStatefulTransform = hasStatefulTransform;
    }

    /// <summary>The first view that cannot stand between an environment and its trainer, or null if none is known to.</summary>
    public IncompatibleTransform? IncompatibleTransform => _names.Select(DataViews.IncompatibleTransform.Find).FirstOrDefault(transform => transform is not null);

    /// <summary>True if a transform is known to keep state from row to row.</summary>
    public bool HasStatefulTransform { get; }

    /// <summary>Follows the sources of <paramref name="data"/>.</summary>
    public static DataViewLineage Of(IDataView data)
    {
        var (names, hasStatefulTransform) = (new List<string>(), false);
        for (IDataView? view = data; view is not null; view = DataViewColumns.GetSource(view))
        {
            names.Add(view.GetType().Name.Split('`')[0]);

            hasStatefulTransform |= IsStateful(view.GetType());
        }

        return new DataViewLineage(names, hasStatefulTransform);
    }

    /// <summary>Returns the type names of the views, joined by "of".</summary>
    public override string ToString() => string.Join(" of ", _names);

    // The view of a StatefulCustomMapping is nested in its transformer; the other one is that of ML.NET's transforms of time series.
    private static bool IsStateful(Type view) => view.Name == "SequentialDataTransform" || (view.DeclaringType?.Name.StartsWith("Stateful", StringComparison.Ordinal) ?? false);
}
