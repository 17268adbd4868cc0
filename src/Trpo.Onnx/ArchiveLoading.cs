using System.Runtime.ExceptionServices;
using Microsoft.ML.Runtime;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx;

/// <summary>Loads from an ML.NET archive within a time limit, and the meaning of ML.NET's exceptions in it.</summary>
internal static class ArchiveLoading
{
    // A load whose streams were closed ends with its next read.
    private static readonly TimeSpan MaxEnd = TimeSpan.FromSeconds(1);

    /// <summary>Runs a load on a thread of its own.</summary>
    /// <param name="host">The host of the archive.</param>
    /// <param name="bytes">The archive.</param>
    /// <param name="time">The maximum time; infinite for no limit.</param>
    /// <param name="stackBytes">The size of the thread's stack: loaders are recursive.</param>
    /// <param name="load">Loads from the opened archive.</param>
    /// <exception cref="OperationCanceledException">The load took longer.</exception>
    public static T Run<T>(IHostEnvironment host, byte[] bytes, TimeSpan time, int stackBytes, Func<IDisposable, T> load)
    {
        // ML.NET reads for ever if an array is longer than the rest of its entry. The load has a thread of its own, so that the limit needs no free thread
        // of the pool, and closing the archive's streams ends that loop: the next read throws. Entries in memory would not do: compiled, the loop does
        // not look again whether such a stream was closed.
        T? loaded = default;
        ExceptionDispatchInfo? failure = null;
        using var archive = MicrosoftMLInternals.OpenArchive(host, new MemoryStream(bytes, writable: false));
        var thread = new Thread(Load, stackBytes) { IsBackground = true, Name = "Trpo.Onnx load" };
        thread.Start();
        if (!thread.Join(time))
        {
            archive.Dispose();
            thread.Join(MaxEnd);
            throw new OperationCanceledException();
        }

        failure?.Throw();
        return loaded!;

        void Load()
        {
            try
            {
                loaded = load(archive);
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        }
    }

    /// <summary>Returns the exception that caused another one: ML.NET calls loaders by reflection, which wraps their exceptions.</summary>
    public static Exception Cause(Exception exception) => exception switch
    {
        InvalidDataException => exception,
        { InnerException: { } inner } => Cause(inner),
        _ => exception,
    };

    /// <summary>Returns the reason of a failure in words: the exceptions of ML.NET's own checks often have no message of their own.</summary>
    public static string Why(Exception exception) =>
        Cause(exception) is var cause && cause is FormatException && cause.Message == new FormatException().Message ? "an entry is damaged" : cause.Message;

    /// <summary>True if an undamaged file can cause the exception too: no disk, no permission, no native library. ML.NET's own exceptions are about content.</summary>
    public static bool IsEnvironmental(Exception cause) =>
        cause is UnauthorizedAccessException or DllNotFoundException || (cause.GetType() == typeof(IOException) && !MicrosoftMLInternals.IsThrownByMLNet(cause));
}
