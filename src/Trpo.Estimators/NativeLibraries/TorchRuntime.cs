using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>
/// The loading of libtorch, which must precede the first use of a type of TorchSharp. Training loads it if it needs it; where it does not, the first use of TorchSharp does, once
/// this assembly has been used. An application that uses TorchSharp earlier calls <see cref="EnsureLoaded"/> first.
/// </summary>
public static class TorchRuntime
{
    // In the order of their dependencies. The file name of libgomp contains a hash.
    private static readonly string[] LinuxLibraries = ["libgomp*.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private const string LinuxBinding = "libLibTorchSharp.so";

    // The name by which TorchSharp's methods ask for its binding.
    private const string Binding = "LibTorchSharp";

    private static readonly Lazy<(nint Binding, DllNotFoundException? Failure)> Loaded = new(Load);

    /// <summary>Loads libtorch and TorchSharp's binding, once per process.</summary>
    /// <exception cref="DllNotFoundException">A native library is missing or does not load; the message names it and says what to do.</exception>
    public static void EnsureLoaded()
    {
        if (Loaded.Value.Failure is { } failure)
            throw new DllNotFoundException(failure.Message, failure);
    }

    // Most trainings need no libtorch, which takes longer to load than all else: it is loaded when the runtime has looked for the binding in vain, as it does on systems
    // whose C++ runtime is older than the binding asks for. Only a module initializer is certain to run before this library uses a type of TorchSharp.
#pragma warning disable CA2255 // Any later place would be too late.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Initialize()
    {
        if (OperatingSystem.IsLinux() && AssemblyLoadContext.GetLoadContext(typeof(TorchRuntime).Assembly) is { } context)
            context.ResolvingUnmanagedDll += Resolve;
    }

    private static nint Resolve(Assembly assembly, string name) =>
        name == Binding && assembly.GetName().Name == nameof(TorchSharp) ? Loaded.Value.Binding : 0;

    private static (nint Binding, DllNotFoundException? Failure) Load()
    {
        // On Windows and macOS, TorchSharp finds and loads its libraries without help.
        var binding = nint.Zero;
        return OperatingSystem.IsLinux() && TryLoad(ref binding) is { } failure ? (0, failure) : (binding, null);
    }

    private static DllNotFoundException? TryLoad(ref nint handle)
    {
        foreach (var pattern in LinuxLibraries)
        {
            if (NativeSearch.Find(pattern) is not { } path)
                return Missing(pattern);
            if (Failed(() => Load(path)) is { } failure)
                return DoesNotLoad(path, failure);
        }

        if (NativeSearch.Find(LinuxBinding) is not { } binding)
            return Missing(LinuxBinding);
        var loaded = nint.Zero;
        if (Failed(() => loaded = Load(binding)) is not { } stock)
        {
            handle = loaded;
            return null;
        }

        var relaxed = false;
        var copied = Failed(() => relaxed = ElfVersionRequirement.TryLoadRelaxed(binding, out loaded));
        if (copied is not null)
            return DoesNotLoad(binding, stock, $" A copy without the requirement of a newer C++ runtime could not be loaded from the folder for temporary files, {Path.GetTempPath()}, which must allow writing and executing (TMPDIR sets another folder): {copied.Message}");
        handle = loaded;
        return relaxed ? null : DoesNotLoad(binding, stock);
    }

    private static nint Load(string path)
    {
        if (!ElfFile.IsComplete(path))
            throw new BadImageFormatException("The file is truncated: restore the package again.");
        return NativeLibrary.Load(path);
    }

    // The runtime looks on where a library is not resolved, and knows nothing of why: the exception is kept for whoever asks for libtorch.
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

    private static DllNotFoundException DoesNotLoad(string path, Exception failure, string details = "") => new(
        $"The native library {path} does not load on this system ({RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}): {failure.Message}{details} TorchSharp needs 64-bit x86 Linux with a C++ runtime of GCC 12 or newer (libstdc++ with GLIBCXX_3.4.30: package libstdc++6 of Debian 12, Ubuntu 22.04 or later).",
        failure);
}
