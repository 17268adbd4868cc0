using System.Runtime.InteropServices;
using System.Text;

namespace Trpo.Onnx.Files;

/// <summary>The file system of the operating system.</summary>
public sealed class DiskFileSystem : IFileSystem
{
    private const int Interrupted = 4;

    // The device failed (EIO) or is full (ENOSPC); the numbers are the same on Linux and macOS.
    private const int InputOutputError = 5;
    private const int NoSpace = 28;

    private DiskFileSystem()
    {
    }

    /// <summary>Gets the file system.</summary>
    public static DiskFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public bool FolderExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public void CreateFolder(string path) => Directory.CreateDirectory(path);

    /// <inheritdoc/>
    public void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Move(string path, string target) => File.Move(path, target, overwrite: true);

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);

    /// <summary>
    /// Writes the names in a folder to the disk (<c>fsync</c>). Windows has no such call: NTFS writes names in the order of the changes. Some network file systems and folders that may not
    /// be read do not support it either.
    /// </summary>
    /// <param name="path">The full path of the folder.</param>
    /// <exception cref="IOException">The device failed or is full.</exception>
    public void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Retry(() => NativeMethods.Open(Encoding.UTF8.GetBytes(path + '\0'), flags: 0));
        if (descriptor < 0)
            return;
        try
        {
            if (Retry(() => NativeMethods.Sync(descriptor)) < 0 && Marshal.GetLastPInvokeError() is var error and (InputOutputError or NoSpace))
                throw new IOException($"The folder {path} could not be written to the disk: {Marshal.GetPInvokeErrorMessage(error)}.");
        }
        finally
        {
            _ = NativeMethods.Close(descriptor);
        }
    }

    private static int Retry(Func<int> call)
    {
        int result;
        do
            result = call();
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        return result;
    }

    private static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "open", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
