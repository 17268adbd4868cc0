using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>
/// Loads libtorch before any torch type is touched. It happens by itself when this assembly is first used; an
/// application whose first use of TorchSharp comes earlier calls <see cref="EnsureLoaded"/> before it.
/// </summary>
public static class TorchRuntime
{
    // The order in which they depend on each other. libgomp carries a hash in its file name.
    private static readonly string[] LinuxLibraries = ["libgomp*.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private const string LinuxBinding = "libLibTorchSharp.so";

    private static readonly Lazy<DllNotFoundException?> Failure = new(TryLoad);

    /// <summary>Loads libtorch and TorchSharp's binding to it, once per process.</summary>
    /// <exception cref="DllNotFoundException">A native library is missing or does not load; the message says which and what to do.</exception>
    public static void EnsureLoaded()
    {
        if (Failure.Value is { } failure)
            throw new DllNotFoundException(failure.Message, failure);
    }

    // The one moment that is certain to come before a torch type of this library's is touched.
#pragma warning disable CA2255 // A module initializer in a library: there is no later place from which libtorch could be loaded in time.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize() => _ = Failure.Value;

    private static DllNotFoundException? TryLoad()
    {
        // TorchSharp finds its libraries by itself on Windows and macOS, where they also load as they are.
        if (!OperatingSystem.IsLinux())
            return null;

        foreach (var pattern in LinuxLibraries)
        {
            if (NativeSearch.Find(pattern) is not { } path)
                return Missing(pattern);
            if (Failed(() => Load(path)) is { } failure)
                return DoesNotLoad(path, failure);
        }

        if (NativeSearch.Find(LinuxBinding) is not { } binding)
            return Missing(LinuxBinding);
        if (Failed(() => Load(binding)) is not { } stock)
            return null;

        var relaxed = false;
        var copied = Failed(() => relaxed = ElfVersionRequirement.TryLoadRelaxed(binding));
        if (copied is not null)
            return DoesNotLoad(binding, stock, $" A copy of it that asks for less could not be used from the folder for temporary files, {Path.GetTempPath()} (which must allow writing and executing; TMPDIR sets another): {copied.Message}");
        return relaxed ? null : DoesNotLoad(binding, stock);
    }

    private static void Load(string path)
    {
        if (!ElfFile.IsComplete(path))
            throw new BadImageFormatException("The file is cut short: restore the package again.");
        NativeLibrary.Load(path);
    }

    // An initializer that throws would make every type of this assembly unusable, those that need no libtorch too: failures are kept
    // until training begins.
    private static Exception? Failed(Action load)
    {
        try
        {
            load();
            return null;
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException)
        {
            return exception;
        }
    }

    private static DllNotFoundException Missing(string file) => new(
        $"The native library {file} of libtorch was not found in {string.Join(", ", NativeSearch.Folders)}. Add the package TorchSharp-cpu (or TorchSharp-cuda-linux) to the application that trains; a deployed policy needs neither.");

    private static DllNotFoundException DoesNotLoad(string path, Exception failure, string more = "") => new(
        $"The native library {path} does not load on this system ({RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}): {failure.Message}{more} TorchSharp needs 64-bit x86 Linux with a C++ runtime of GCC 12 or newer (libstdc++ with GLIBCXX_3.4.30: package libstdc++6 of Debian 12, Ubuntu 22.04 or later).",
        failure);
}
