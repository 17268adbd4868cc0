using Microsoft.ML;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The views that a view is made of, for messages that name what stands between an environment and its trainer.</summary>
internal sealed class DataViewLineage
{
    private readonly IReadOnlyList<string> _names;

    private DataViewLineage(IReadOnlyList<string> names, bool keepsState)
    {
        _names = names;
        KeepsState = keepsState;
    }

    /// <summary>The transform that is known to break the order of the rows and what to do about it, or null.</summary>
    public IncompatibleTransform? Breaker => _names.Select(IncompatibleTransform.Named).FirstOrDefault(breaker => breaker is not null);

    /// <summary>Whether a transform is known to keep a state from row to row.</summary>
    public bool KeepsState { get; }

    public static DataViewLineage Of(IDataView data)
    {
        var (names, keepsState) = (new List<string>(), false);
        for (IDataView? view = data; view is not null; view = DataViewColumns.GetSource(view))
        {
            names.Add(view.GetType().Name.Split('`')[0]);

            // The view of a StatefulCustomMapping is a part of its transformer.
            keepsState |= view.GetType().DeclaringType?.Name.StartsWith("Stateful", StringComparison.Ordinal) ?? false;
        }

        return new DataViewLineage(names, keepsState);
    }

    public override string ToString() => string.Join(" of ", _names);
}
