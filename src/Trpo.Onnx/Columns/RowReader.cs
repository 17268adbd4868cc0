using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.ML.Data;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Columns;

/// <summary>Copies the properties and fields of a row to the memory of the columns of their names, as ML.NET does.</summary>
/// <typeparam name="TRow">The type of the row.</typeparam>
internal sealed class RowReader<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>
{
    private readonly ImmutableArray<MemberReader<TRow>> _readers;

    /// <param name="columns">The columns.</param>
    /// <exception cref="ArgumentException">A column has no property or field of its name, or one of a type that no column has.</exception>
    public RowReader(ImmutableArray<PolicyInputColumn> columns)
    {
        var members = Members().ToLookup(NameOf);
        PolicyInputColumn[] missing = [.. columns.Where(column => !members.Contains(column.Name))];
        if (missing.Length > 0)
            throw new ArgumentException($"{typeof(TRow).Name} has no public property or field for {string.Join(", ", (IEnumerable<PolicyInputColumn>)missing)}: one is needed of the column's name, or with the attribute ColumnName.");
        if (columns.FirstOrDefault(column => members[column.Name].Skip(1).Any()) is { } repeated)
            throw new ArgumentException($"{typeof(TRow).Name} has several members for the column '{repeated.Name}': {string.Join(", ", members[repeated.Name].Select(member => member.Name))}. Exclude all but one with the attribute NoColumn.");
        _readers = [.. columns.Select(column => Reader(members[column.Name].First(), column))];
    }

    /// <summary>Copies a row.</summary>
    /// <exception cref="ArgumentException">A value has another type or length than its column, or is null.</exception>
    public void Read(ref TRow row, RowMemory memory, int index)
    {
        for (var column = 0; column < _readers.Length; column++)
            _readers[column].Read(ref row, memory, index, column);
    }

    private static IEnumerable<MemberInfo> Members()
    {
        const BindingFlags Visible = BindingFlags.Public | BindingFlags.Instance;
        MemberInfo[] members = [.. typeof(TRow).GetProperties(Visible).Where(property => property.GetMethod is { IsPublic: true } && property.GetIndexParameters().Length == 0), .. typeof(TRow).GetFields(Visible)];
        return members.Where(member => !member.IsDefined(typeof(NoColumnAttribute), inherit: true));
    }

    private static MemberReader<TRow> Reader(MemberInfo member, PolicyInputColumn column) => MemberReader<TRow>.TryCreate(member)
        ?? throw new ArgumentException($"{typeof(TRow).Name}.{member.Name} is of the type {MemberReader<TRow>.TypeOf(member).Name}; the column is {column}.");

    // The attribute does not show its name.
    private static string NameOf(MemberInfo member) =>
        member.GetCustomAttributesData().FirstOrDefault(attribute => attribute.AttributeType == typeof(ColumnNameAttribute))?.ConstructorArguments[0].Value as string ?? member.Name;
}
