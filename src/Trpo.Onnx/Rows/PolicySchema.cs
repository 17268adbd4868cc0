using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Interop;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx.Rows;

/// <summary>The columns of a policy as ML.NET describes columns: the one that it reads, checked, and those that it adds.</summary>
public static class PolicySchema
{
    private static readonly Dictionary<PolicyInputType, PrimitiveDataViewType> Items = new()
    {
        [PolicyInputType.Single] = NumberDataViewType.Single,
        [PolicyInputType.Double] = NumberDataViewType.Double,
        [PolicyInputType.Text] = TextDataViewType.Instance,
        [PolicyInputType.Boolean] = BooleanDataViewType.Instance,
        [PolicyInputType.SByte] = NumberDataViewType.SByte,
        [PolicyInputType.Byte] = NumberDataViewType.Byte,
        [PolicyInputType.Int16] = NumberDataViewType.Int16,
        [PolicyInputType.UInt16] = NumberDataViewType.UInt16,
        [PolicyInputType.Int32] = NumberDataViewType.Int32,
        [PolicyInputType.UInt32] = NumberDataViewType.UInt32,
        [PolicyInputType.Int64] = NumberDataViewType.Int64,
        [PolicyInputType.UInt64] = NumberDataViewType.UInt64,
    };

    /// <summary>Finds the column of observations and checks its type.</summary>
    /// <param name="inputSchema">The schema of the rows.</param>
    /// <param name="name">The name of the column of observations.</param>
    /// <param name="length">The length that the policy was trained on; null before training.</param>
    /// <param name="advice">A sentence that the message ends with if the column is missing; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or is not a <c>Vector&lt;Single&gt;</c> of known and right length.</exception>
    public static DataViewSchema.Column FindObservation(DataViewSchema inputSchema, string name, int? length, string? advice = null)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        if (inputSchema.GetColumnOrNull(name) is not { } column)
            throw Missing(name, nameof(inputSchema), advice);
        if (column.Type is not VectorDataViewType { IsKnownSize: true } vector || vector.ItemType != NumberDataViewType.Single || (length ?? vector.Size) != vector.Size)
            throw Mismatch(name, Describe(column.Type), length, nameof(inputSchema));
        return column;
    }

    /// <summary>Checks the type of the column of observations in the static description that estimators reason with.</summary>
    /// <param name="inputSchema">The shape of the rows.</param>
    /// <param name="name">The name of the column of observations.</param>
    /// <param name="advice">A sentence that the message ends with if the column is missing; null for none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing, or is not a <c>Vector&lt;Single&gt;</c> of known length.</exception>
    public static void CheckObservation(SchemaShape inputSchema, string name, string? advice = null)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        var column = inputSchema.Where(candidate => candidate.Name == name).Cast<SchemaShape.Column?>().FirstOrDefault()
            ?? throw Missing(name, nameof(inputSchema), advice);
        if (column.Kind != SchemaShape.Column.VectorKind.Vector || column.ItemType != NumberDataViewType.Single || column.IsKey)
            throw Mismatch(name, MicrosoftMLInternals.Describe(column), length: null, nameof(inputSchema));
    }

    /// <summary>Returns the visible columns of a schema, without vectors of unknown size and columns of types that are not in <see cref="PolicyInputType"/>.</summary>
    /// <param name="schema">The schema.</param>
    public static IEnumerable<PolicyInputColumn> GetInputColumns(DataViewSchema schema) =>
        schema.Where(column => !column.IsHidden).Select(GetInputColumn).OfType<PolicyInputColumn>();

    internal static PolicyInputColumn? GetInputColumn(DataViewSchema.Column column)
    {
        if (column.Type is VectorDataViewType { IsKnownSize: false })
            return null;
        var vector = column.Type as VectorDataViewType;
        var item = vector?.ItemType ?? column.Type;
        if (item is KeyDataViewType key)
            return key.Count is > 0 and <= int.MaxValue ? new PolicyInputColumn(column.Name, PolicyInputType.Key, vector?.Size, (int)key.Count) : null;
        return Items.Where(pair => pair.Value.Equals(item)).Select(pair => new PolicyInputColumn(column.Name, pair.Key, vector?.Size)).FirstOrDefault();
    }

    /// <summary>Creates a schema of such columns.</summary>
    internal static DataViewSchema Create(IEnumerable<PolicyInputColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        foreach (var column in columns)
        {
            var item = column.KeyCount is { } count ? new KeyDataViewType(typeof(uint), count) : Items[column.Type];
            builder.AddColumn(column.Name, column.Length is { } length ? new VectorDataViewType(item, length) : item);
        }

        return builder.ToSchema();
    }

    /// <summary>Creates the schema of the input columns and, behind them, the outputs.</summary>
    /// <remarks>
    /// A discrete action is a key; that of every other space is a <c>Vector&lt;Single, k&gt;</c>, also where it is made of indices: ML.NET's vectors
    /// of keys have one set of values for all slots, which the dimensions of a multi-discrete space do not have.
    /// </remarks>
    internal static DataViewSchema Append(DataViewSchema input, IEnumerable<(string Name, PolicyOutput Output)> outputs, ActionSpace actions)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        AddOutputs(builder, outputs, actions, ScoreAnnotations.NextSet(input));
        return builder.ToSchema();
    }

    /// <summary>Creates the static description of the outputs alone.</summary>
    internal static SchemaShape ShapeOf(IEnumerable<(string Name, PolicyOutput Output)> outputs, ActionSpace actions)
    {
        var builder = new DataViewSchema.Builder();
        AddOutputs(builder, outputs, actions, set: 1);
        return MicrosoftMLInternals.ShapeOf(builder.ToSchema());
    }

    private static ArgumentOutOfRangeException Missing(string name, string parameter, string? advice) =>
        new(parameter, $"Could not find feature column '{name}'{(advice is null ? "" : $". {advice}")}");

    private static ArgumentOutOfRangeException Mismatch(string name, string found, int? length, string parameter) =>
        new(parameter, $"Schema mismatch for feature column '{name}': expected {(length is { } size ? $"Vector<Single, {size}>" : "known-size Vector<Single>")}, got {found}");

    // ML.NET's own text of a vector without a size has no size either, which is also that of a vector of any size.
    private static string Describe(DataViewType type) => type is VectorDataViewType { IsKnownSize: false } vector ? $"VarVector<{vector.ItemType}>" : type.ToString()!;

    private static void AddOutputs(DataViewSchema.Builder builder, IEnumerable<(string Name, PolicyOutput Output)> outputs, ActionSpace actions, uint set)
    {
        foreach (var (name, output) in outputs)
        {
            switch (output)
            {
                case PolicyOutput.Action when actions is DiscreteActionSpace discrete:
                    builder.AddColumn(name, new KeyDataViewType(typeof(uint), (ulong)discrete.Count), Predicted(DataViewColumns.CreateNames("KeyValues", discrete.Names), ScoreAnnotations.PredictedLabel));
                    break;
                case PolicyOutput.Action or PolicyOutput.UnclippedAction:
                    builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, actions.Length), DataViewColumns.CreateNames("SlotNames", actions.Names));
                    break;
                case PolicyOutput.Score:
                    builder.AddColumn(name, new VectorDataViewType(NumberDataViewType.Single, actions.ScoreLength), Predicted(ScoreNames(actions), ScoreAnnotations.Score));
                    break;
                case PolicyOutput.Probability or PolicyOutput.LogProbability:
                    builder.AddColumn(name, NumberDataViewType.Single);
                    break;
                default:
                    throw new InvalidOperationException($"The policy's output {output} has no column.");
            }
        }

        DataViewSchema.Annotations Predicted(DataViewSchema.Annotations names, string value) =>
            ScoreAnnotations.KindOf(actions) is { } kind ? ScoreAnnotations.Add(names, kind, value, set) : names;
    }

    // A classifier of ML.NET names its classes twice: for evaluators, and for whoever maps its keys back to labels.
    private static DataViewSchema.Annotations ScoreNames(ActionSpace actions)
    {
        var builder = new DataViewSchema.Annotations.Builder();
        builder.Add(DataViewColumns.CreateNames("SlotNames", actions.ScoreNames), _ => true);
        if (actions is DiscreteActionSpace discrete)
            builder.Add(DataViewColumns.CreateNames(ScoreAnnotations.TrainingLabels, discrete.Names), _ => true);
        return builder.ToAnnotations();
    }
}
