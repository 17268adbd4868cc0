using Microsoft.ML;
using Trpo.Onnx.Interop;

namespace Trpo.Estimators.Environments;

/// <summary>The views that a view is made of, for messages that name what stands between an environment and its trainer.</summary>
internal sealed class DataViewLineage
{
    private readonly IReadOnlyList<string> _names;

    private DataViewLineage(IReadOnlyList<string> names) => _names = names;

    /// <summary>The transform that is known to break the order of the rows and what to do about it, or null.</summary>
    public LockStepBreaker? Breaker => _names.Select(LockStepBreaker.Named).FirstOrDefault(breaker => breaker is not null);

    /// <summary>Whether a transform is known to keep a state from row to row.</summary>
    public bool KeepsState => _names.Any(name => name.StartsWith("Stateful", StringComparison.Ordinal));

    public static DataViewLineage Of(IDataView data)
    {
        var names = new List<string>();
        for (IDataView? view = data; view is not null; view = MicrosoftMLInternals.SourceOf(view))
            names.Add(view.GetType().Name.Split('`')[0]);
        return new DataViewLineage(names);
    }

    public override string ToString() => string.Join(" of ", _names);
}
