namespace Trpo.Tests.Architecture;

/// <summary>A type of a library; nested and compiler-generated types count as their outermost declaring type.</summary>
/// <param name="Library">The simple name of the assembly.</param>
/// <param name="Room">The namespace.</param>
/// <param name="Name">The name without the namespace.</param>
internal readonly record struct TypeName(string Library, string Room, string Name)
{
    public override string ToString() => $"{Room}.{Name}";
}
