using System.Reflection;
using System.Runtime.Loader;
using Trpo.Estimators;
using Trpo.Onnx;

namespace Trpo.Cli.Environments;

/// <summary>
/// Loads an assembly with environments and what it depends on, beside the tool's own assemblies: only what both sides talk about, and what there can be only one of in a process, is
/// the tool's.
/// </summary>
internal sealed class EnvironmentLoadContext : AssemblyLoadContext
{
    private static readonly string[] Shared =
    [
        typeof(TrpoEstimator).Assembly.GetName().Name!, typeof(PolicyTransformer).Assembly.GetName().Name!, "Microsoft.ML", "TorchSharp",
    ];

    private readonly AssemblyDependencyResolver _resolver;

    public EnvironmentLoadContext(string path)
        : base(path) => _resolver = new AssemblyDependencyResolver(path);

    /// <summary>Whether an assembly is the tool's own. ML.NET's have a common prefix.</summary>
    public static bool IsShared(string name) =>
        Shared.Contains(name) || name.StartsWith("Microsoft.ML.", StringComparison.Ordinal);

    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (IsShared(assemblyName.Name ?? ""))
            return null;
        return _resolver.ResolveAssemblyToPath(assemblyName) is { } path ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver.ResolveUnmanagedDllToPath(unmanagedDllName) is { } path ? LoadUnmanagedDllFromPath(path) : 0;
}
