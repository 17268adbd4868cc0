using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Trpo.Onnx;

namespace Trpo.Estimators.Pipelines;

/// <summary>The bytes of a pipeline: an ML.NET model file of a chain of transformers, with a description of its columns beside it.</summary>
internal static class PipelineArchive
{
    /// <summary>The maximum length of the entries of a pipeline together.</summary>
    public const int MaxBytes = 64 << 20;

    private const int MaxEntries = 1_024;
    private const string SchemaEntry = "Schema.txt";
    private const string VersionEntry = "TrainingInfo/Version.txt";
    private const string PartFile = "Model.key";
    private const string RootPart = TransformArchive.RootFolder + "/" + PartFile;

    // A transformer of a chain is applied in training, in tests and in scoring.
    private const int EveryScope = 7;

    // The earliest time that an archive can hold: the bytes depend on the content alone.
    private static readonly DateTimeOffset Timestamp = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Adds the description of the columns to the model file of a chain.</summary>
    /// <returns>The bytes, which are equal for equal content.</returns>
    public static byte[] Write(byte[] chain, string schema)
    {
        var entries = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { [SchemaEntry] = Encoding.UTF8.GetBytes(schema) };
        foreach (var (name, content) in TransformArchive.ReadEntries(chain, MaxBytes, MaxEntries))
            entries.Add(name, content);
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                var entry = archive.CreateEntry(name);
                entry.LastWriteTime = Timestamp;
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Reads the bytes of a pipeline and checks every part of it against a registry; nothing that the bytes name is looked for or created.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged, above the limits, or ask for something that is not accepted; the message says which.</exception>
    public static PipelineContent Read(byte[] bytes, PipelineRegistry registry)
    {
        var entries = TransformArchive.ReadEntries(bytes, MaxBytes, MaxEntries);
        var mappings = new Dictionary<string, CustomMapping>(StringComparer.Ordinal);
        foreach (var (name, content) in entries)
        {
            try
            {
                if (Check(name, content, registry) is { } mapping)
                    mappings.Add(name, mapping);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException($"its entry '{name}': {exception.Message}", exception);
            }
        }

        if (!entries.TryGetValue(SchemaEntry, out var schema) || !entries.TryGetValue(RootPart, out var root))
            throw new InvalidDataException($"it has no entry '{SchemaEntry}' or '{RootPart}'");
        var stages = new List<(string Folder, CustomMapping? Mapping)>();
        foreach (var folder in Folders(PartHeader.Read(root)))
        {
            var part = $"{folder}/{PartFile}";
            if (!entries.ContainsKey(part))
                throw new InvalidDataException($"it has no transform in '{folder}'");
            mappings.Remove(part, out var mapping);
            stages.Add((folder, mapping));
        }

        if (mappings.FirstOrDefault() is { Value: { } inner } nested)
            throw new InvalidDataException($"its entry '{nested.Key}': custom mapping '{inner.Contract}' stands inside another transform, or in none");
        return new PipelineContent(Encoding.UTF8.GetString(schema), stages);
    }

    private static CustomMapping? Check(string name, byte[] content, PipelineRegistry registry)
    {
        var isPart = name.StartsWith(TransformArchive.RootFolder + "/", StringComparison.Ordinal) && name.EndsWith("/" + PartFile, StringComparison.Ordinal);
        if (!isPart)
        {
            if (name is not (SchemaEntry or VersionEntry) && (!name.StartsWith(TransformArchive.RootFolder + "/", StringComparison.Ordinal) || name.EndsWith("/Model.bin", StringComparison.OrdinalIgnoreCase)))
                throw new InvalidDataException("no transform reads it");
            if (content.AsSpan().IndexOf(PartHeader.Signature) >= 0)
                throw new InvalidDataException("it has a model inside");
            return null;
        }

        var part = PartHeader.Read(content);
        if (content.AsSpan(1).IndexOf(PartHeader.Signature) >= 0)
            throw new InvalidDataException("it has a model inside");
        if (part.Loader.Length == 0)
            registry.CheckAssembly(part.Assembly);
        else
            registry.Check(part.Loader, part.Assembly);
        if (part.AlternativeLoader.Length > 0)
            registry.Check(part.AlternativeLoader, part.Assembly);
        return part.Loader == StockLoaders.CustomMapping || part.AlternativeLoader == StockLoaders.CustomMapping ? Find(part, registry) : null;
    }

    private static CustomMapping Find(PartHeader part, PipelineRegistry registry)
    {
        var model = part.Model.Span;
        if (part.Format != StockLoaders.CustomMappingFormat || model.Length != 2 * sizeof(int))
            throw new InvalidDataException("its custom mapping is damaged");
        return registry.Find(Text(BinaryPrimitives.ReadInt32LittleEndian(model)), Text(BinaryPrimitives.ReadInt32LittleEndian(model[sizeof(int)..])));

        string Text(int index) => index >= 0 && index < part.Strings.Length ? part.Strings[index] : throw new InvalidDataException("its custom mapping is damaged");
    }

    private static string[] Folders(PartHeader root)
    {
        var model = root.Model.Span;
        if (root.Loader != StockLoaders.Chain || root.Format != StockLoaders.ChainFormat || model.Length < sizeof(int) || model.Length % sizeof(int) != 0)
            throw new InvalidDataException($"its entry '{RootPart}' is no chain of transforms");
        var count = BinaryPrimitives.ReadInt32LittleEndian(model);
        if (count < 1 || count != (model.Length / sizeof(int)) - 1)
            throw new InvalidDataException($"its entry '{RootPart}' is damaged");
        for (var scopes = model[sizeof(int)..]; scopes.Length > 0; scopes = scopes[sizeof(int)..])
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(scopes) != EveryScope)
                throw new InvalidDataException($"its entry '{RootPart}' has a transform that is not always applied");
        }

        return [.. Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{TransformArchive.RootFolder}/Transform_{i:000}"))];
    }
}
