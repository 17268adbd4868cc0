using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// A folder that is held open. On Linux its files are reached through the handle, so that an operation never reaches another folder, whatever the path has come to name. Windows
/// does not move or delete a folder while a file in it is open. Elsewhere, and without <c>/proc</c>, files are reached by path.
/// </summary>
internal sealed class OpenFolder : IDisposable
{
    // The numbers of Linux; those of the other systems are not used.
    private const int CloseOnExecute = 0x80000;
    private const int Exclusive = 2;
    private const int DoNotWait = 4;
    private const int Interrupted = 4;
    private const int WouldBlock = 11;

    private readonly SafeFileHandle? _handle;
    private readonly string _reached;

    private OpenFolder(string path, SafeFileHandle? handle)
    {
        (FullName, _handle) = (path, handle);
        _reached = handle is null ? path : HandlePath(handle);
    }

    /// <summary>Gets the full path under which the folder was opened.</summary>
    public string FullName { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The full path. A folder that is missing or may not be opened is reached by path, where each operation fails.</param>
    /// <param name="usesHandle">False to reach files by path, as on systems that cannot do otherwise.</param>
    public static OpenFolder Open(string path, bool usesHandle = true)
    {
        if (!usesHandle || !OperatingSystem.IsLinux())
            return new OpenFolder(path, handle: null);
        int descriptor;
        do
            descriptor = NativeMethods.Open(Encoding.UTF8.GetBytes(path + '\0'), CloseOnExecute);
        while (descriptor < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (descriptor < 0)
            return new OpenFolder(path, handle: null);
        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Directory.Exists(HandlePath(handle)))
            return new OpenFolder(path, handle);
        handle.Dispose();
        return new OpenFolder(path, handle: null);
    }

    /// <summary>
    /// Locks the folder itself, beside any file in it, until it is closed: the lock outlives the deletion of its files. Systems and file systems that have no such lock (some network file
    /// systems) leave the folder to the lock file.
    /// </summary>
    /// <returns>False if another holder, of any process, has locked the folder.</returns>
    public bool TryLock()
    {
        if (_handle is null)
            return true;
        int result;
        do
            result = NativeMethods.Lock(_handle, Exclusive | DoNotWait);
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result == 0 || Marshal.GetLastPInvokeError() != WouldBlock;
    }

    /// <summary>Returns the names of the files that match a pattern.</summary>
    public IEnumerable<string> Names(string pattern) => Reach(FullName, folder => Directory.GetFiles(folder, pattern)).Select(path => Path.GetFileName(path));

    /// <summary>Runs an operation on a file of the folder, or on the folder.</summary>
    /// <param name="path">The path, which begins with <see cref="FullName"/>.</param>
    /// <param name="operation">The operation, on the path by which the file is reached.</param>
    /// <exception cref="IOException">The operation failed; the message names <paramref name="path"/>, as that of other exceptions does.</exception>
    public T Reach<T>(string path, Func<string, T> operation)
    {
        try
        {
            return operation(Reached(path));
        }
        catch (Exception exception) when (Renamed(exception) is { } renamed)
        {
            throw renamed;
        }
    }

    /// <summary>Returns the path by which a file of the folder, or the folder, is reached.</summary>
    /// <param name="path">The path, which begins with <see cref="FullName"/>.</param>
    public string Reached(string path) => path.Length == FullName.Length ? _reached : Path.Join(_reached, path.AsSpan(FullName.Length));

    /// <summary>Returns an exception with the path of the folder in the place of its handle, which tells a user nothing; null if the message has none.</summary>
    public Exception? Renamed(Exception exception)
    {
        if (_handle is null || !exception.Message.Contains(_reached, StringComparison.Ordinal))
            return null;
        var message = exception.Message.Replace(_reached, FullName, StringComparison.Ordinal);
        return exception switch
        {
            FileNotFoundException => new FileNotFoundException(message, exception),
            DirectoryNotFoundException => new DirectoryNotFoundException(message, exception),
            IOException => new IOException(message, exception) { HResult = exception.HResult },
            UnauthorizedAccessException => new UnauthorizedAccessException(message, exception),
            InvalidDataException => new InvalidDataException(message, exception),
            _ => null,
        };
    }

    /// <summary>Closes the folder, and releases its lock.</summary>
    public void Dispose() => _handle?.Dispose();

    private static string HandlePath(SafeFileHandle handle) => FormattableString.Invariant($"/proc/self/fd/{handle.DangerousGetHandle()}");

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "flock", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Lock(SafeFileHandle folder, int operation);
    }
}
