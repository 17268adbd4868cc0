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

    // A load whose streams were closed ends with its next read.
    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(1);

    private const int LoadStackBytes = 8 << 20;

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
            (model, inputSchema) = LoadWithin(ml, bytes, time);
        }
        catch (OperationCanceledException exception)
        {
            throw Damaged(source, FormattableString.Invariant($"ML.NET had not loaded it after {time.TotalSeconds} seconds"), exception);
        }
        catch (Exception exception) when (Cause(exception) is var cause && IsEnvironmental(cause))
        {
            ExceptionDispatchInfo.Throw(cause);
            throw;
        }
        catch (Exception exception)
        {
            throw Damaged(source, Why(Cause(exception)), exception);
        }

        if (PolicyChain.HasPolicy(model))
            return model;
        (model as IDisposable)?.Dispose();
        throw Damaged(source, "it has no policy");
    }

    // ML.NET reads for ever if an array is longer than the rest of its entry. The load has a thread of its own, so that the limit needs no free thread
    // of the pool, and closing the archive's streams ends that loop: the next read throws.
    private static (ITransformer Model, DataViewSchema? InputSchema) LoadWithin(MLContext ml, byte[] bytes, TimeSpan time)
    {
        (ITransformer, DataViewSchema?) loaded = default;
        ExceptionDispatchInfo? failure = null;
        using var archive = MicrosoftMLInternals.OpenArchive(ml, new MemoryStream(bytes, writable: false));
        var thread = new Thread(LoadModel, LoadStackBytes) { IsBackground = true, Name = "Trpo.Onnx load" };
        thread.Start();
        if (!thread.Join(time))
        {
            archive.Dispose();
            thread.Join(MaxEnd);
            throw new OperationCanceledException();
        }

        failure?.Throw();
        return loaded;

        void LoadModel()
        {
            try
            {
                loaded = MicrosoftMLInternals.LoadModel(ml, archive);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
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

    // ML.NET calls loaders by reflection, which wraps their exceptions.
    private static Exception Cause(Exception exception) => exception switch
    {
        InvalidDataException => exception,
        { InnerException: { } inner } => Cause(inner),
        _ => exception,
    };

    // The exceptions of ML.NET's own checks often have no message of their own.
    private static string Why(Exception cause) => cause is FormatException && cause.Message == new FormatException().Message ? "an entry is damaged" : cause.Message;

    // An undamaged file can cause these too: no memory, no disk, no permission, no native library.
    private static bool IsEnvironmental(Exception cause) =>
        cause is OutOfMemoryException or UnauthorizedAccessException or DllNotFoundException || cause.GetType() == typeof(IOException);

    private static InvalidDataException Damaged(string source, string why, Exception? exception = null) =>
        new($"Could not load a model from {source}: {why}", exception);
}
