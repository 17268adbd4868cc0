using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace OpenReferences;

/// <summary>Makes types and their members public by rewriting the accessibility bits of their metadata rows (ECMA-335 II.22).</summary>
internal static class MetadataOpener
{
    // In a MethodDef row the flags follow the RVA (4 bytes) and the implementation flags (2 bytes).
    private const int MethodFlagsOffset = 6;

    /// <summary>Opens the named types in the image of an assembly, in place.</summary>
    /// <returns>The names that the assembly does not have.</returns>
    public static IReadOnlyCollection<string> Open(byte[] image, HashSet<string> names)
    {
        using var pe = new PEReader(new MemoryStream([.. image]));
        var reader = pe.GetMetadataReader();
        var start = pe.PEHeaders.MetadataStartOffset;
        Span<byte> Row(EntityHandle handle, TableIndex table) => image.AsSpan(
            start + reader.GetTableMetadataOffset(table) + ((MetadataTokens.GetRowNumber(handle) - 1) * reader.GetTableRowSize(table)));

        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if (!names.Remove(FullName(reader, type)))
                continue;

            var visibility = type.GetDeclaringType().IsNil ? TypeAttributes.Public : TypeAttributes.NestedPublic;
            BinaryPrimitives.WriteUInt32LittleEndian(Row(handle, TableIndex.TypeDef), (uint)((type.Attributes & ~TypeAttributes.VisibilityMask) | visibility));
            foreach (var method in type.GetMethods())
            {
                var flags = (reader.GetMethodDefinition(method).Attributes & ~MethodAttributes.MemberAccessMask) | MethodAttributes.Public;
                BinaryPrimitives.WriteUInt16LittleEndian(Row(method, TableIndex.MethodDef)[MethodFlagsOffset..], (ushort)flags);
            }

            foreach (var field in type.GetFields())
            {
                var flags = (reader.GetFieldDefinition(field).Attributes & ~FieldAttributes.FieldAccessMask) | FieldAttributes.Public;
                BinaryPrimitives.WriteUInt16LittleEndian(Row(field, TableIndex.Field), (ushort)flags);
            }
        }

        return names;
    }

    private static string FullName(MetadataReader reader, TypeDefinition type)
    {
        var name = reader.GetString(type.Name);
        var outer = type.GetDeclaringType();
        if (!outer.IsNil)
            return $"{FullName(reader, reader.GetTypeDefinition(outer))}+{name}";
        var space = reader.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
