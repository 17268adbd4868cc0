using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>The columns of an <see cref="EnvironmentDataView"/>, with the getters that convert an observation to their values.</summary>
internal sealed class EnvironmentColumns
{
    private readonly ImmutableArray<ObservationColumn> _columns;
    private readonly int[] _offsets;

    /// <param name="space">The observation space; a space without columns becomes one vector column.</param>
    /// <param name="vectorName">The name of that vector column.</param>
    public EnvironmentColumns(ObservationSpace space, string vectorName)
    {
        _columns = space.Columns.IsEmpty
            ? [ObservationColumn.Vector(vectorName, space.Low.AsSpan(), space.High.AsSpan(), space.Names.AsSpan())]
            : space.Columns;
        _offsets = new int[_columns.Length];
        for (var i = 1; i < _offsets.Length; i++)
            _offsets[i] = _offsets[i - 1] + _columns[i - 1].Length;

        var builder = new DataViewSchema.Builder();
        foreach (var column in _columns)
            builder.AddColumn(column.Name, TypeOf(column), column.Kind == ObservationColumnKind.Key ? DataViewColumns.CreateNames("KeyValues", column.Categories) : DataViewColumns.CreateNames("SlotNames", column.SlotNames));
        Schema = builder.ToSchema();
    }

    /// <summary>The schema of the columns, with the names of categories and slots as annotations.</summary>
    public DataViewSchema Schema { get; }

    /// <summary>Returns the index, in an observation, of the first value of a column.</summary>
    public int Offset(int index) => _offsets[index];

    /// <summary>Creates a getter of the values of a column in the current row, which allocates nothing per row.</summary>
    /// <param name="index">The index of the column.</param>
    /// <param name="rows">The rows to read.</param>
    public Delegate Getter(int index, IObservationRows rows)
    {
        var (column, offset) = (_columns[index], _offsets[index]);
        return column.Kind switch
        {
            ObservationColumnKind.Number => (ValueGetter<float>)((ref float value) => value = rows.Current[offset]),
            ObservationColumnKind.Vector => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
                rows.Current.Slice(offset, column.Length).CopyTo(DataViewColumns.EditDense(ref value, column.Length))),
            ObservationColumnKind.Text => (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = column.Categories[(int)rows.Current[offset]].AsMemory()),
            ObservationColumnKind.Key => (ValueGetter<uint>)((ref uint value) => value = (uint)rows.Current[offset] + 1),
            _ => throw new NotSupportedException($"There is no getter of the column {column}."),
        };
    }

    private static DataViewType TypeOf(ObservationColumn column) => column.Kind switch
    {
        ObservationColumnKind.Number => NumberDataViewType.Single,
        ObservationColumnKind.Vector => new VectorDataViewType(NumberDataViewType.Single, column.Length),
        ObservationColumnKind.Text => TextDataViewType.Instance,
        ObservationColumnKind.Key => new KeyDataViewType(typeof(uint), (ulong)column.Categories.Length),
        _ => throw new NotSupportedException($"There is no data view type of the column {column}."),
    };
}
