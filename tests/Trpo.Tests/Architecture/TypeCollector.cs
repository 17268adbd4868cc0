using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Trpo.Tests.Architecture;

/// <summary>Collects the types that are named by signatures and tokens of one assembly (ECMA-335 II.22 and II.23).</summary>
internal sealed class TypeCollector(MetadataReader reader, Action<TypeName> found) : ISignatureTypeProvider<int, int>
{
    private readonly string _library = reader.GetString(reader.GetAssemblyDefinition().Name);

    /// <summary>Adds the type, member, method or signature that a token stands for.</summary>
    public void Add(EntityHandle handle)
    {
        if (handle.IsNil)
            return;
        switch (handle.Kind)
        {
            case HandleKind.TypeDefinition:
                found(NameOf((TypeDefinitionHandle)handle));
                break;
            case HandleKind.TypeReference:
                found(NameOf((TypeReferenceHandle)handle));
                break;
            case HandleKind.TypeSpecification:
                reader.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, 0);
                break;
            case HandleKind.MethodDefinition:
                Add(reader.GetMethodDefinition((MethodDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.FieldDefinition:
                Add(reader.GetFieldDefinition((FieldDefinitionHandle)handle).GetDeclaringType());
                break;
            case HandleKind.MemberReference:
                Add(reader.GetMemberReference((MemberReferenceHandle)handle).Parent);
                break;
            case HandleKind.MethodSpecification:
                var method = reader.GetMethodSpecification((MethodSpecificationHandle)handle);
                Add(method.Method);
                method.DecodeSignature(this, 0);
                break;
            case HandleKind.StandaloneSignature:
                Add(reader.GetStandaloneSignature((StandaloneSignatureHandle)handle));
                break;
        }
    }

    /// <summary>The outermost declaring type of a type of this assembly.</summary>
    public TypeName NameOf(TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        var outer = type.GetDeclaringType();
        return outer.IsNil ? new TypeName(_library, reader.GetString(type.Namespace), reader.GetString(type.Name)) : NameOf(outer);
    }

    public int GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) => Found(NameOf(handle));

    public int GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) => Found(NameOf(handle));

    public int GetTypeFromSpecification(MetadataReader metadata, int genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        reader.GetTypeSpecification(handle).DecodeSignature(this, 0);

    public int GetArrayType(int elementType, ArrayShape shape) => 0;

    public int GetByReferenceType(int elementType) => 0;

    public int GetFunctionPointerType(MethodSignature<int> signature) => 0;

    public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => 0;

    public int GetGenericMethodParameter(int genericContext, int index) => 0;

    public int GetGenericTypeParameter(int genericContext, int index) => 0;

    public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => 0;

    public int GetPinnedType(int elementType) => 0;

    public int GetPointerType(int elementType) => 0;

    public int GetPrimitiveType(PrimitiveTypeCode typeCode) => 0;

    public int GetSZArrayType(int elementType) => 0;

    private void Add(StandaloneSignature signature)
    {
        if (signature.GetKind() == StandaloneSignatureKind.LocalVariables)
            signature.DecodeLocalSignature(this, 0);
        else
            signature.DecodeMethodSignature(this, 0);
    }

    private TypeName NameOf(TypeReferenceHandle handle)
    {
        var type = reader.GetTypeReference(handle);
        return type.ResolutionScope.Kind switch
        {
            HandleKind.TypeReference => NameOf((TypeReferenceHandle)type.ResolutionScope),
            HandleKind.AssemblyReference => new TypeName(
                reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name), reader.GetString(type.Namespace), reader.GetString(type.Name)),
            _ => new TypeName(_library, reader.GetString(type.Namespace), reader.GetString(type.Name)),
        };
    }

    private int Found(TypeName type)
    {
        found(type);
        return 0;
    }
}
