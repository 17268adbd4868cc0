using System.Runtime.ExceptionServices;
using Microsoft.ML;
using Trpo.Onnx.Files;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx;

/// <summary>Loads ML.NET model files of strangers within a time limit; any defect is an <see cref="InvalidDataException"/>.</summary>
internal static class ModelLoading
{
    // Far more than any model within the limits takes.
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(1);

    /// <summary>Returns the name of a stream for messages.</summary>
    public static string Describe(Stream stream) => stream is FileStream file ? file.Name : "the stream";

    /// <summary>Loads a model within the time limit of strangers, or on the word of the caller.</summary>
    /// <exception cref="InvalidDataException">The content is damaged, of a newer version, above the limits, or not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, byte[] bytes, string source, bool trust, out DataViewSchema? inputSchema)
    {
        if (!trust)
            return Load(ml, bytes, source, MaxTime, out inputSchema);
        DataViewSchema? schema = null;
        var model = PolicyTransformerLoader.Trusting(() => Load(ml, bytes, source, Timeout.InfiniteTimeSpan, out schema));
        inputSchema = schema;
        return model;
    }

    /// <summary>Loads a model within a time limit.</summary>
    /// <exception cref="InvalidDataException">The content is damaged, of a newer version, above the limits, takes longer, or is not a model with a policy; the message says which.</exception>
    public static ITransformer Load(MLContext ml, byte[] bytes, string source, TimeSpan time, out DataViewSchema? inputSchema)
    {
        Check(bytes, source);
        ITransformer model;
        try
        {
            (model, inputSchema) = ArchiveLoading.Run(ml, bytes, time, RecursionLimits.StackBytes, archive => MicrosoftMLInternals.LoadModel(ml, archive));
        }
        catch (OperationCanceledException exception)
        {
            throw Damaged(source, FormattableString.Invariant($"ML.NET had not loaded it after {time.TotalSeconds} seconds"), exception);
        }
        catch (Exception exception) when (ArchiveLoading.Cause(exception) is var cause && (cause is OutOfMemoryException || ArchiveLoading.IsEnvironmental(cause)))
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        catch (Exception exception)
        {
            throw Damaged(source, ArchiveLoading.Why(exception), exception);
        }

        if (PolicyChain.HasPolicy(model))
            return model;
        (model as IDisposable)?.Dispose();
        throw Damaged(source, "it has no policy");
    }

    /// <summary>Checks an archive.</summary>
    /// <exception cref="InvalidDataException">The archive is damaged or above the limits; the message says how.</exception>
    public static void Check(byte[] bytes, string source)
    {
        try
        {
            ModelArchive.Check(bytes);
        }
        catch (InvalidDataException exception)
        {
            throw Damaged(source, exception.Message, exception);
        }
    }

    private static InvalidDataException Damaged(string source, string why, Exception? exception = null) =>
        new($"Could not load a model from {source}: {why}", exception);
}
