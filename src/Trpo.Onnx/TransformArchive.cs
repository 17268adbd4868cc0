using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Trpo.Onnx.Files;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx;

/// <summary>
/// Fitted transforms without a policy as the bytes of an ML.NET model, for code that moves them between processes. <see cref="ReadEntries"/> shows an
/// archive without creating anything that it names, so that the caller decides about its content before <see cref="Load"/> does.
/// </summary>
public static class TransformArchive
{
    /// <summary>The folder of the archive that a chain is saved in.</summary>
    public const string RootFolder = "TransformerChain";

    /// <summary>Saves a chain of transformers.</summary>
    /// <param name="transformers">The transformers in the order of their application, each saved in a folder of its own below <see cref="RootFolder"/>.</param>
    /// <returns>The bytes that <c>ml.Model.Save</c> writes for the chain without a schema.</returns>
    public static byte[] Save(IEnumerable<ITransformer> transformers)
    {
        ArgumentNullException.ThrowIfNull(transformers);
        using var content = new MemoryStream();
        new MLContext().Model.Save(new TransformerChain<ITransformer>([.. transformers]), inputSchema: null, content);
        return content.ToArray();
    }

    /// <summary>Checks names, sizes and checksums of the entries of an archive, and the depth of types and formulas in them, and reads the entries.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="maxBytes">The maximum length of all entries together.</param>
    /// <param name="maxEntries">The maximum number of entries.</param>
    /// <returns>The contents by name, with "/" between folders.</returns>
    /// <exception cref="InvalidDataException">
    /// The archive is damaged or above the limits, has an entry twice or with a name that leads out of it, has types of values inside each other more than
    /// 16 levels deep, or has an entry with formulas of more than 32 KiB; the message says which.
    /// </exception>
    public static IReadOnlyDictionary<string, byte[]> ReadEntries(byte[] archive, int maxBytes, int maxEntries)
    {
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(maxEntries);
        return ModelArchive.Read(archive, maxBytes, maxEntries);
    }

    /// <summary>Loads from an archive on a thread of its own.</summary>
    /// <param name="host">The host of the transformers. Loaders are looked for in its catalog and in the assemblies that the archive names.</param>
    /// <param name="archive">The archive.</param>
    /// <param name="load">Creates the result; its argument loads the transformer of a folder, such as "TransformerChain/Transform_000".</param>
    /// <param name="timeout">The maximum time.</param>
    /// <param name="stackBytes">The size of the thread's stack. Loaders of vectors, keys and expressions are recursive, so that a deeply nested entry ends the process if the stack is too small for it: 64 MiB suffice for what <see cref="ReadEntries"/> lets through.</param>
    /// <returns>The result of <paramref name="load"/>.</returns>
    /// <exception cref="InvalidDataException">The archive is damaged, takes longer, asks for more memory than there is, or <paramref name="load"/> failed; the message says which.</exception>
    public static T Load<T>(IHostEnvironment host, byte[] archive, Func<Func<string, ITransformer>, T> load, TimeSpan timeout, int stackBytes)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(archive);
        ArgumentNullException.ThrowIfNull(load);
        try
        {
            return ArchiveLoading.Run(host, archive, timeout, stackBytes, opened => load(folder => MicrosoftMLInternals.LoadTransformer(host, opened, folder)));
        }
        catch (OperationCanceledException exception)
        {
            throw new InvalidDataException(FormattableString.Invariant($"ML.NET had not loaded it after {timeout.TotalSeconds} seconds"), exception);
        }
        catch (Exception exception) when (ArchiveLoading.Cause(exception) is var cause && ArchiveLoading.IsEnvironmental(cause))
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        catch (Exception exception)
        {
            throw new InvalidDataException(ArchiveLoading.Why(exception), exception);
        }
    }
}
