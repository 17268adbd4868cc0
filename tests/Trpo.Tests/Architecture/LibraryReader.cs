using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace Trpo.Tests.Architecture;

/// <summary>
/// Reads the references between types from a compiled library: base types, interfaces, constraints, signatures, locals, instructions, caught exceptions and attributes.
/// Constants are compiled into their users, and documentation is not compiled at all: neither counts.
/// </summary>
internal sealed partial class LibraryReader
{
    private readonly HashSet<TypeReference> _references = [];
    private readonly PEReader _image;
    private readonly MetadataReader _reader;
    private readonly TypeCollector _collector;
    private TypeName _from;

    private LibraryReader(PEReader image)
    {
        _image = image;
        _reader = image.GetMetadataReader();
        _collector = new TypeCollector(_reader, to => _references.Add(new TypeReference(_from, to)));
    }

    /// <summary>Reads an assembly.</summary>
    /// <param name="path">The path of the file.</param>
    /// <returns>Every reference of a type to another one, whichever library that is in.</returns>
    public static IReadOnlyCollection<TypeReference> Read(string path)
    {
        using var image = new PEReader(File.OpenRead(path));
        var library = new LibraryReader(image);
        foreach (var handle in library._reader.TypeDefinitions)
            library.Add(handle);
        library._references.RemoveWhere(reference => reference.From == reference.To);
        return library._references;
    }

    private void Add(TypeDefinitionHandle handle)
    {
        _from = _collector.NameOf(handle);
        var type = _reader.GetTypeDefinition(handle);
        _collector.Add(type.BaseType);
        foreach (var implementation in type.GetInterfaceImplementations())
            _collector.Add(_reader.GetInterfaceImplementation(implementation).Interface);
        Add(type.GetCustomAttributes());
        Add(type.GetGenericParameters());
        foreach (var field in type.GetFields().Select(_reader.GetFieldDefinition))
        {
            field.DecodeSignature(_collector, 0);
            Add(field.GetCustomAttributes());
        }

        foreach (var property in type.GetProperties().Select(_reader.GetPropertyDefinition))
            Add(property.GetCustomAttributes());
        foreach (var method in type.GetMethods().Select(_reader.GetMethodDefinition))
            Add(method);
    }

    private void Add(MethodDefinition method)
    {
        method.DecodeSignature(_collector, 0);
        Add(method.GetGenericParameters());
        Add(method.GetCustomAttributes());
        foreach (var parameter in method.GetParameters())
            Add(_reader.GetParameter(parameter).GetCustomAttributes());
        if (method.RelativeVirtualAddress == 0)
            return;

        var body = _image.GetMethodBody(method.RelativeVirtualAddress);
        _collector.Add(body.LocalSignature);
        foreach (var region in body.ExceptionRegions)
            _collector.Add(region.CatchType);
        foreach (var token in MethodBody.Tokens(body.GetILBytes()!))
            _collector.Add(token);
    }

    private void Add(GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters.Select(_reader.GetGenericParameter))
        {
            foreach (var constraint in parameter.GetConstraints())
                _collector.Add(_reader.GetGenericParameterConstraint(constraint).Type);
        }
    }

    // The arguments of an attribute name types as text.
    private void Add(CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes.Select(_reader.GetCustomAttribute))
        {
            _collector.Add(attribute.Constructor);
            foreach (Match name in TypeText().Matches(System.Text.Encoding.Latin1.GetString(_reader.GetBlobBytes(attribute.Value))))
                _references.Add(new TypeReference(_from, new TypeName(name.Groups["library"].Success ? name.Groups["library"].Value : _from.Library, name.Groups["room"].Value, name.Groups["name"].Value)));
        }
    }

    [GeneratedRegex(@"(?<room>Trpo(?:\.\w+)+)\.(?<name>\w+(?:`\d+)?)(?:\+[^,]*)?(?:, (?<library>[\w.]+), Version)?", RegexOptions.ExplicitCapture)]
    private static partial Regex TypeText();
}
