namespace Trpo.Tests.Architecture;

/// <summary>A reference from one type to another, in a signature, an attribute or a method body.</summary>
internal readonly record struct TypeReference(TypeName From, TypeName To)
{
    public override string ToString() => $"{From} -> {To}";
}
