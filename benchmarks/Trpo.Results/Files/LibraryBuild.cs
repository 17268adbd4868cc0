using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
using Trpo.Estimators;
using Trpo.Onnx;

namespace Trpo.Results.Files;

/// <summary>
/// An identifier of a build of the library: a hash of its code, names and texts, and of the versions of its references. Comments, the folder of the build and the
/// commit, which a module's version id depends on too, do not count.
/// </summary>
internal static class LibraryBuild
{
    private const int Length = 8;

    /// <summary>The identifier of the running build.</summary>
    public static string Id { get; } = Of(typeof(PolicyTransformer).Assembly.Location, typeof(TrpoEstimator).Assembly.Location);

    /// <summary>Computes the identifier of any assemblies.</summary>
    public static string Of(params ReadOnlySpan<string> paths)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in paths)
        {
            using var file = new PEReader(File.OpenRead(path));
            Add(hash, file, file.GetMetadataReader());
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, Length));
    }

    private static void Add(IncrementalHash hash, PEReader file, MetadataReader reader)
    {
        // Constant data is among the names: the compiler names it by its hash.
        foreach (var heap in new[] { HeapIndex.String, HeapIndex.UserString })
            hash.AppendData([.. file.GetMetadata().GetContent(reader.GetHeapMetadataOffset(heap), reader.GetHeapSize(heap))]);
        foreach (var reference in reader.AssemblyReferences.Select(reader.GetAssemblyReference))
            hash.AppendData(Encoding.UTF8.GetBytes($"{reader.GetString(reference.Name)} {reference.Version}"));
        foreach (var field in reader.FieldDefinitions.Select(reader.GetFieldDefinition))
            hash.AppendData(reader.GetBlobBytes(field.Signature));
        foreach (var method in reader.MethodDefinitions.Select(reader.GetMethodDefinition))
        {
            hash.AppendData(reader.GetBlobBytes(method.Signature));
            if (method.RelativeVirtualAddress == 0)
                continue;
            var body = file.GetMethodBody(method.RelativeVirtualAddress);
            hash.AppendData(body.GetILBytes()!);
            if (!body.LocalSignature.IsNil)
                hash.AppendData(reader.GetBlobBytes(reader.GetStandaloneSignature(body.LocalSignature).Signature));
        }
    }
}
