using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Rows;

/// <summary>
/// The annotations by which ML.NET's tools recognise the columns of one prediction, as ML.NET's own trainers write them: the kind of the prediction, the value that
/// a column has of it, and the number of the set that the columns belong to.
/// </summary>
internal static class ScoreAnnotations
{
    /// <summary>The kind of the annotation that holds the number of the set.</summary>
    public const string SetId = "ScoreColumnSetId";

    /// <summary>The kind of the annotation that holds the kind of the prediction.</summary>
    public const string ScoreKind = "ScoreColumnKind";

    /// <summary>The kind of the annotation that holds the kind of the column's value.</summary>
    public const string ValueKind = "ScoreValueKind";

    /// <summary>The kind of the annotation that holds the names of the labels that a classifier was trained on.</summary>
    public const string TrainingLabels = "TrainingLabelValues";

    /// <summary>The value of a column of scores.</summary>
    public const string Score = "Score";

    /// <summary>The value of a column of predicted labels.</summary>
    public const string PredictedLabel = "PredictedLabel";

    private static readonly KeyDataViewType SetType = new(typeof(uint), int.MaxValue);

    /// <summary>Returns ML.NET's kind of prediction that decisions in a space are; null where ML.NET has none, as for several choices at once.</summary>
    public static string? KindOf(ActionSpace actions) => actions switch
    {
        DiscreteActionSpace => "MulticlassClassification",
        BoxActionSpace => "MultiOutputRegression",
        _ => null,
    };

    /// <summary>Returns the number of the next set of columns: one more than the largest in a schema, from 1.</summary>
    public static uint NextSet(DataViewSchema schema)
    {
        var last = 0u;
        foreach (var column in schema.Where(column => SetType.Equals(column.Annotations.Schema.GetColumnOrNull(SetId)?.Type)))
        {
            var set = 0u;
            column.Annotations.GetValue(SetId, ref set);
            last = Math.Max(last, set);
        }

        return last + 1;
    }

    /// <summary>Adds the annotations of a column to others.</summary>
    /// <param name="others">The other annotations of the column, such as its names.</param>
    /// <param name="kind">The kind of the prediction.</param>
    /// <param name="value">The kind of the column's value.</param>
    /// <param name="set">The number of the set.</param>
    public static DataViewSchema.Annotations Add(DataViewSchema.Annotations others, string kind, string value, uint set)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(others, _ => true);
        builder.Add(SetId, SetType, (ref uint id) => id = set);
        builder.Add(ScoreKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> text) => text = kind.AsMemory());
        builder.Add(ValueKind, TextDataViewType.Instance, (ref ReadOnlyMemory<char> text) => text = value.AsMemory());
        return builder.ToAnnotations();
    }
}
